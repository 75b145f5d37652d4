import { z } from 'zod'
import { type Scope, scopes } from '../shared/actor.ts'

const known: ReadonlySet<string> = new Set(scopes)

function isScope(value: string): value is Scope {
  return known.has(value)
}

/** What a key may be given: known scopes, or `*` alone; `events:read` only with what its payloads show (api.md). */
export const keyScopes = z.array(z.string()).superRefine((given, context) => {
  const refuse = (code: string, message: string) => context.addIssue({ code: 'custom', message, params: { code } })
  const unknown = given.filter(scope => scope !== '*' && !isScope(scope))
  if (unknown.length > 0) {
    refuse('UNKNOWN_SCOPE', `Has no scope ${unknown.join(', ')}: there are *, ${scopes.join(', ')}.`)
  }
  if (given.length === 0) refuse('TOO_FEW', `Needs at least one of *, ${scopes.join(', ')}.`)
  const granted = expandScopes(given)
  if (granted.has('events:read') && !(granted.has('contacts:read') && granted.has('orders:read'))) {
    refuse('SCOPE_NEEDS_OTHERS', 'With events:read whole payloads are read: add contacts:read and orders:read.')
  }
  if (granted.has('webhooks:write') && !granted.has('events:read')) {
    refuse('SCOPE_NEEDS_OTHERS', 'With webhooks:write whole payloads can be sent anywhere: add events:read.')
  }
})

/** The scopes that a key's list grants: `*` stands for all there are, also those of later versions. */
export function expandScopes(given: readonly string[]): ReadonlySet<Scope> {
  return new Set(given.includes('*') ? scopes : given.filter(isScope))
}
