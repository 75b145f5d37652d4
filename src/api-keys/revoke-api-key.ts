import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import { notFound } from '../shared/errors.ts'
import { lockApiKey } from './api-key-store.ts'

/** Revokes a key, named by its id or key id; gateways follow within 5 s. Once revoked it stays so. Throws InvalidInput. */
export async function revokeApiKey(db: Kysely<DB>, id: string): Promise<{ id: string; revokedAt: string }> {
  return db.transaction().execute(async trx => {
    const key = await lockApiKey(trx, id)
    if (key === undefined) throw notFound('API key', ['input', 'id'])
    const { revoked_at } = await trx
      .updateTable('api_keys')
      .set({ revoked_at: sql<string>`coalesce(revoked_at, clock_timestamp())` })
      .where('workspace_id', '=', key.workspace_id)
      .where('id', '=', key.id)
      .returning('revoked_at')
      .$narrowType<{ revoked_at: string }>()
      .executeTakeFirstOrThrow()
    return { id: key.id, revokedAt: revoked_at }
  })
}
