import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import { oneAtATime } from './one-at-a-time.ts'

const keptDays = 7
const batch = 5_000

/** Deletes idempotency keys that were kept for 7 days (api.md), in batches; returns how many. */
export async function deleteIdempotencyKeys(db: Kysely<DB>, signal: AbortSignal): Promise<number> {
  let deleted = 0
  for (;;) {
    const count = await oneAtATime(db, signal, async trx => {
      const { numAffectedRows = 0n } = await sql`
        delete from idempotency_keys where ctid = any(array(
          select ctid from idempotency_keys where created_at < now() - make_interval(days => ${keptDays})
          order by created_at limit ${batch} for update skip locked))`.execute(trx)
      return Number(numAffectedRows)
    })
    deleted += count ?? 0
    if (count !== batch) return deleted
  }
}
