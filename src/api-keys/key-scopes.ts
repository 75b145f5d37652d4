import * as v from 'valibot'
import { type Scope, scopes } from '../shared/actor.ts'
import { coded } from '../shared/input.ts'

const known: ReadonlySet<string> = new Set(scopes)

function isScope(value: string): value is Scope {
  return known.has(value)
}

/** What a key may be given: known scopes, or `*` alone; `events:read` only with what its payloads show (api.md). */
export const keyScopes = v.pipe(
  v.array(v.string()),
  v.check(
    given => unknownOf(given).length === 0,
    ({ input }) =>
      coded('UNKNOWN_SCOPE', `Has no scope ${unknownOf(input).join(', ')}: there are *, ${scopes.join(', ')}.`),
  ),
  v.minLength(1, coded('TOO_FEW', `Needs at least one of *, ${scopes.join(', ')}.`)),
  v.check(
    given => {
      const granted = expandScopes(given)
      return !granted.has('events:read') || (granted.has('contacts:read') && granted.has('orders:read'))
    },
    coded('SCOPE_NEEDS_OTHERS', 'With events:read whole payloads are read: add contacts:read and orders:read.'),
  ),
  v.check(
    given => {
      const granted = expandScopes(given)
      return !granted.has('webhooks:write') || granted.has('events:read')
    },
    coded('SCOPE_NEEDS_OTHERS', 'With webhooks:write whole payloads can be sent anywhere: add events:read.'),
  ),
)

function unknownOf(given: readonly string[]): string[] {
  return given.filter(scope => scope !== '*' && !isScope(scope))
}

/** The scopes that a key's list grants: `*` stands for all there are, also those of later versions. */
export function expandScopes(given: readonly string[]): ReadonlySet<Scope> {
  return new Set(given.includes('*') ? scopes : given.filter(isScope))
}
