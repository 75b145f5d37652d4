import { sql } from 'kysely'
import type { Reads } from '../database/reads.ts'
import { statement } from '../database/statement.ts'

const ownWorkspace = statement<{ ids: readonly string[] }>()('own_workspace', (db, param) =>
  db
    .selectFrom('workspaces')
    .select(['id', 'public_id', 'subdomain', 'name', 'currency', 'created_at', 'updated_at'])
    .where('id', '=', param('workspace'))
    .where('id', '=', sql<string>`any(${param('ids')})`),
)

/** The actor's own workspace, if it is among the ids; no other workspace is ever read. */
export function loadOwnWorkspace(reads: Reads, ids: readonly string[]) {
  return reads.all(ownWorkspace, { ids })
}
