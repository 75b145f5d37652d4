import { type Kysely, sql } from 'kysely'
import type { DB } from '../../src/database/tables.ts'

// As long as what an invoice's event says, about.
const data = JSON.stringify({
  id: 4711,
  public_id: 'abcdef',
  status: 'paid',
  currency: 'USD',
  total_amount: '198.00',
  text: 'x'.repeat(200),
})

/** Appends events to the log in one transaction, as commands do; returns the sequence of the last one. */
export async function writeEvents(db: Kysely<DB>, workspaceId: string, count: number): Promise<number> {
  return db.transaction().execute(async trx => {
    const { rows } = await sql<{ last: string }>`
      update workspace_counters set last_sequence = last_sequence + ${count}
      where workspace_id = ${workspaceId} returning last_sequence as last`.execute(trx)
    const last = Number(rows[0]?.last)
    await sql`
      insert into events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, live_mode, data, actor_type, actor_id)
      select ${workspaceId}, n, clock_timestamp(), gen_random_uuid(), 'orders/invoice.paid', 'Orders::Invoice', 4711, true, ${data}, 'Platform::Application', 1
      from generate_series(${last - count + 1}::bigint, ${last}::bigint) n`.execute(trx)
    return last
  })
}
