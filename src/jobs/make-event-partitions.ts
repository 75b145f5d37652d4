import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { comingDaysWithoutPartition, makePartition } from '../events/event-partitions.ts'
import { oneAtATime } from './one-at-a-time.ts'

const daysAhead = 7

/** Makes the partitions of the event log for today and the coming week; returns the days that it made. */
export async function makeEventPartitions(db: Kysely<DB>, signal: AbortSignal): Promise<string[]> {
  const made: string[] = []
  for (const day of await comingDaysWithoutPartition(db, daysAhead)) {
    const isMade = await oneAtATime(db, signal, async trx => {
      // Another process may have been faster.
      if (!(await comingDaysWithoutPartition(trx, daysAhead)).includes(day)) return false
      await makePartition(trx, day)
      return true
    })
    if (isMade) made.push(day)
  }
  return made
}
