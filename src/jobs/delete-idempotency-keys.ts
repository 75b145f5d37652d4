import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { deleteOldIdempotencyKeys } from '../idempotency/idempotency-store.ts'
import { oneAtATime } from './one-at-a-time.ts'

const batch = 5_000

/** Deletes idempotency keys that were kept for 7 days (api.md), in batches; returns how many. */
export async function deleteIdempotencyKeys(db: Kysely<DB>, signal: AbortSignal): Promise<number> {
  let deleted = 0
  for (;;) {
    const count = await oneAtATime(db, signal, trx => deleteOldIdempotencyKeys(trx, batch))
    deleted += count ?? 0
    if (count !== batch) return deleted
  }
}
