import pg from 'pg'
import { day } from './timeline.ts'

const partitionTaken = '23514'

/** Makes the partitions of the log for the UTC days of these times (Unix milliseconds), both included. */
export async function createPartitions(client: pg.Client, from: number, to: number): Promise<void> {
  for (let time = from - (from % day); time <= to; time += day) {
    await client.query('savepoint partition')
    try {
      const date = new Date(time).toISOString().slice(0, 10)
      await client.query('select create_event_partitions($1, $1)', [date])
    } catch (error) {
      // The default partition has taken events of that day: it goes on taking them.
      if (!(error instanceof pg.DatabaseError) || error.code !== partitionTaken) throw error
      await client.query('rollback to savepoint partition')
    }
  }
}
