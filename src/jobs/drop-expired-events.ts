import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { deleteExpiredStrays, dropPartition, expiredDays } from '../events/event-partitions.ts'
import { oneAtATime } from './one-at-a-time.ts'

const batch = 5_000

/** Drops whole days of the event log that ended longer ago than the retention; returns the days that it dropped. */
export async function dropExpiredEvents(db: Kysely<DB>, retentionDays: number, signal: AbortSignal): Promise<string[]> {
  const dropped: string[] = []
  // Earliest first, and strays of the same days before them: what is kept has no gaps at any moment.
  while ((await oneAtATime(db, signal, trx => deleteExpiredStrays(trx, retentionDays, batch))) === batch);
  for (const day of await expiredDays(db, retentionDays)) {
    const isDropped = await oneAtATime(db, signal, async trx => {
      await dropPartition(trx, day)
      return true
    })
    if (isDropped) dropped.push(day)
  }
  return dropped
}
