import type { Reads } from '../database/reads.ts'
import { statement } from '../database/statement.ts'

/** What a key may see of itself. */
export interface OwnKeyRow {
  id: string
  name: string
  expires_at: string | null
  last_used_at: string | null
  created_at: string
}

const ownKey = statement<{ id: string }>()('own_key', (db, param) =>
  db
    .selectFrom('api_keys')
    .select(['id', 'name', 'expires_at', 'last_used_at', 'created_at'])
    .where('workspace_id', '=', param('workspace'))
    .where('id', '=', param('id')),
)

/** The key with this id, if the workspace has it. */
export function loadOwnKeys(reads: Reads, id: string): Promise<OwnKeyRow[]> {
  return reads.all(ownKey, { id })
}
