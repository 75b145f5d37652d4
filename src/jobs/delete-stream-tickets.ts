import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { deleteOldTickets } from '../events/stream-ticket-store.ts'
import { oneAtATime } from './one-at-a-time.ts'

const batch = 5_000

/** Deletes stream tickets that cannot be resumed any more, in batches; returns how many. */
export async function deleteStreamTickets(db: Kysely<DB>, signal: AbortSignal): Promise<number> {
  let deleted = 0
  for (;;) {
    const count = await oneAtATime(db, signal, trx => deleteOldTickets(trx, batch))
    deleted += count ?? 0
    if (count !== batch) return deleted
  }
}
