import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { notFound, UserError } from '../shared/errors.ts'
import { type ApiKeyRow, endApiKey, expireApiKey, lockApiKey } from './api-key-store.ts'
import { createApiKey, type NewApiKey } from './create-api-key.ts'

/** The key is no longer valid, so nothing can take its place. */
export class KeyNotValid extends UserError {
  override readonly name = 'KeyNotValid'
  readonly code = 'KEY_NOT_VALID'

  constructor(key: ApiKeyRow) {
    super(`API key ${key.id} is ${key.revoked_at === null ? 'expired' : 'revoked'}: create another.`, ['input', 'id'])
  }
}

/**
 * Makes a key with the name, scopes and lifetime of another, which ends after `overlapMs` (0: at once). Throws InvalidInput
 * and KeyNotValid.
 */
export async function rotateApiKey(db: Kysely<DB>, id: string, overlapMs: number): Promise<NewApiKey> {
  return db.transaction().execute(async trx => {
    const old = await lockApiKey(trx, id)
    if (old === undefined) throw notFound('API key', ['input', 'id'])
    const isExpired = old.expires_at !== null && Date.parse(old.expires_at) <= Date.now()
    if (old.revoked_at !== null || isExpired) throw new KeyNotValid(old)
    const made = await createApiKey(trx, old.workspace_id, {
      name: old.name,
      scopes: old.scopes,
      expiresAt: expiryAfterRotation(old),
    })
    if (overlapMs === 0) await endApiKey(trx, old)
    else await expireApiKey(trx, old, overlapMs)
    return made
  })
}

function expiryAfterRotation({ created_at, expires_at }: ApiKeyRow): string | null {
  if (expires_at === null) return null
  return new Date(Date.now() + Date.parse(expires_at) - Date.parse(created_at)).toISOString()
}
