import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { notFound } from '../shared/errors.ts'
import { endApiKey, lockApiKey } from './api-key-store.ts'

/** Revokes a key, named by its id or key id; gateways follow within 5 s. Once revoked it stays so. Throws InvalidInput. */
export async function revokeApiKey(db: Kysely<DB>, id: string): Promise<{ id: string; revokedAt: string }> {
  return db.transaction().execute(async trx => {
    const key = await lockApiKey(trx, id)
    if (key === undefined) throw notFound('API key', ['input', 'id'])
    return { id: key.id, revokedAt: await endApiKey(trx, key) }
  })
}
