/** A result of a subscription, as far as a ledger needs it; read without parsing, there are many. */
export interface ReadItem {
  cursor: string
  /** Undefined for control items. */
  event: { sequence: number; id: string; createdAt: string } | undefined
  typeName: string
}

export const selection = 'cursor ... on Event { sequence eventId createdAt }'

/** Reads the text of a result; undefined when it is none of {@link selection}. */
export function readItem(text: string): ReadItem | undefined {
  const typeName = textAfter(text, '"__typename":"')
  const cursor = textAfter(text, '"cursor":"')
  if (typeName === undefined || cursor === undefined) return undefined
  if (typeName !== 'Event') return { cursor, event: undefined, typeName }
  const sequence = Number(textAfter(text, '"sequence":"'))
  const event = {
    sequence,
    id: textAfter(text, '"eventId":"') ?? '',
    createdAt: textAfter(text, '"createdAt":"') ?? '',
  }
  return { cursor, event, typeName }
}

function textAfter(text: string, head: string): string | undefined {
  const at = text.indexOf(head)
  return at === -1 ? undefined : text.slice(at + head.length, text.indexOf('"', at + head.length))
}
