import type { IncomingMessage } from 'node:http'
import type { KeyRing } from '../api-keys/key-ring.ts'
import type { Actor } from '../shared/actor.ts'
import { overloaded, Refusal } from './refusal.ts'

/** The secret of an `Authorization: Bearer` header, or of the same in `connection_init`; undefined when it is none. */
export function bearerSecret(authorization: unknown): string | undefined {
  if (typeof authorization !== 'string' || authorization.length > 500) return undefined
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
}

/** Who asks. Throws a {@link Refusal} without a good key, also when keys cannot be looked up now. */
export async function authenticate(
  keys: KeyRing,
  request: IncomingMessage,
  onError: (error: unknown) => void,
): Promise<{ secret: string; actor: Actor }> {
  const secret = bearerSecret(request.headers.authorization)
  const actor = secret === undefined ? undefined : await actorOf(keys, secret, onError)
  if (secret !== undefined && actor !== undefined) return { secret, actor }
  throw new Refusal(401, 'UNAUTHENTICATED', 'An API key is needed: Authorization: Bearer <key>.', {
    'www-authenticate': secret === undefined ? 'Bearer' : 'Bearer error="invalid_token"',
  })
}

async function actorOf(keys: KeyRing, secret: string, onError: (error: unknown) => void): Promise<Actor | undefined> {
  try {
    return await keys.authenticate(secret)
  } catch (error) {
    onError(error)
    throw overloaded()
  }
}
