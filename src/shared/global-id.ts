import { base64urlOfAscii } from './base64url.ts'

// Objects whose ids count up in each workspace: theirs is `workspace-id`, so that a global id is global.
const countedPerWorkspace = new Set(['Event'])

/** The opaque id of an object outside: its type's name and its id, in base64url (Relay Node). */
export function encodeGlobalId(typename: string, id: string): string {
  return base64urlOfAscii(`${typename}:${id}`)
}

/** The type's name and the id inside a global id; undefined when it is none. Strict: one object, one spelling. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } | undefined {
  const [, typename, id] =
    /^([A-Za-z]{1,40}):([1-9]\d{0,18}(?:-[1-9]\d{0,18})?)$/.exec(
      Buffer.from(globalId, 'base64url').toString('latin1'),
    ) ?? []
  if (typename === undefined || id === undefined || encodeGlobalId(typename, id) !== globalId) return undefined
  if (id.includes('-') !== countedPerWorkspace.has(typename)) return undefined
  // Postgres ids are 64-bit.
  const isBigint = (part: string) => BigInt(part) <= 9223372036854775807n
  return id.split('-').every(isBigint) ? { typename, id } : undefined
}
