import type { IncomingMessage } from 'node:http'
import type { KeyRing } from '../api-keys/key-ring.ts'
import { isConnectionLost } from '../database/lost-connection.ts'
import type { Actor } from '../shared/actor.ts'
import { overloaded, Refusal, unavailable } from './refusal.ts'

/** The secret of an `Authorization: Bearer` header, or of the same in `connection_init`; undefined when it is none. */
export function bearerSecret(authorization: unknown): string | undefined {
  if (typeof authorization !== 'string' || authorization.length > 500) return undefined
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
}

/** Who asks, and for how long that holds. */
export interface Asker {
  actor: Actor
  /** Asks again. */
  authenticate: () => Promise<Actor | undefined>
  /** The parameters of the request, where they do not stand in it. */
  params?: unknown
  /** The last id of the event stream that is to be resumed. */
  resumeAfter?: string | undefined
}

/** Who asks. Throws a {@link Refusal} without a good key, also when keys cannot be looked up now. */
export async function authenticate(
  keys: KeyRing,
  request: IncomingMessage,
  onError: (error: unknown) => void,
): Promise<Asker> {
  const secret = bearerSecret(request.headers.authorization)
  const actor = secret === undefined ? undefined : await orRefusal(keys.authenticate(secret), onError)
  if (secret !== undefined && actor !== undefined) {
    return { actor, authenticate: () => keys.authenticate(secret), resumeAfter: lastEventId(request) }
  }
  throw new Refusal(401, 'UNAUTHENTICATED', 'An API key is needed: Authorization: Bearer <key>.', {
    'www-authenticate': secret === undefined ? 'Bearer' : 'Bearer error="invalid_token"',
  })
}

/** The id of the last message that the client got of an event stream, which it wants to resume. */
export function lastEventId({ headers }: IncomingMessage): string | undefined {
  const id = headers['last-event-id']
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** What the database says; where it cannot say anything, a {@link Refusal}. */
export async function orRefusal<Result>(asked: Promise<Result>, onError: (error: unknown) => void): Promise<Result> {
  try {
    return await asked
  } catch (error) {
    onError(error)
    throw isConnectionLost(error) ? unavailable() : overloaded()
  }
}
