import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { beginOfKept, deleteStrays, dropPartition, midnight, partitionedDays } from '../events/event-partitions.ts'
import { oneAtATime } from './one-at-a-time.ts'

const batch = 5_000

/**
 * Drops whole days of the event log that ended longer ago than the retention, earliest first, so that what is left has no
 * gap at any moment. Returns the days that it dropped.
 */
export async function dropExpiredEvents(db: Kysely<DB>, retentionDays: number, signal: AbortSignal): Promise<string[]> {
  const dropped: string[] = []
  const begin = await beginOfKept(db, retentionDays)
  for (const day of await partitionedDays(db, begin)) {
    if (!(await deleteStraysBefore(midnight(day)))) return dropped
    const isDropped = await oneAtATime(db, signal, async trx => {
      await dropPartition(trx, day)
      return true
    })
    if (isDropped === undefined) return dropped
    dropped.push(day)
  }
  await deleteStraysBefore(begin)
  return dropped

  // Of days that had no partition; false when another process is at it.
  async function deleteStraysBefore(moment: string): Promise<boolean> {
    for (;;) {
      const count = await oneAtATime(db, signal, trx => deleteStrays(trx, moment, batch))
      if (count !== batch) return count !== undefined
    }
  }
}
