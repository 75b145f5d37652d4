import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'

/** A workspace whose log has a new epoch. */
interface RenewedLog {
  workspaceId: string
  subdomain: string
  /** The sequence of the last event that the log has. */
  lastSequence: string
}

/**
 * Gives every log a new epoch, in one transaction: cursors and stream tickets from before are refused from then on. After a
 * restore from a backup the log counts on from an earlier place, and an old cursor would silently miss what comes.
 */
export function renewEpochs(db: Kysely<DB>): Promise<RenewedLog[]> {
  return db.transaction().execute(async trx => {
    await trx.deleteFrom('stream_tickets').execute()
    const { rows } = await sql<RenewedLog>`
      update workspace_counters c set epoch = substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)
      from workspaces w where w.id = c.workspace_id
      returning c.workspace_id as "workspaceId", w.subdomain, c.last_sequence as "lastSequence"`.execute(trx)
    return rows.sort((a, b) => Number(a.workspaceId) - Number(b.workspaceId))
  })
}
