import pg from 'pg'
import { expect, test } from 'vitest'
import { WakeWorker } from '../../src/webhooks/wake-worker.ts'
import { until } from '../http/until.ts'
import { createDatabase } from '../setup/database.ts'

type Connected = (error: Error | undefined) => void

/** A pool that can be cut off from its database. */
function breakablePool(connectionString: string) {
  const pool = new pg.Pool({ connectionString, max: 3 })
  const connect = pool.connect.bind(pool) as (connected?: Connected) => Promise<pg.PoolClient>
  const cut = { isCut: false }
  const connectUnlessCut = (connected?: Connected) => {
    if (!cut.isCut) return connect(connected)
    const error = new Error('the database is away')
    return connected === undefined ? Promise.reject(error) : connected(error)
  }
  return { pool: Object.assign(pool, { connect: connectUnlessCut }), cut }
}

test('a database that goes away under a job ends neither the process nor the work', async () => {
  await using database = await createDatabase()
  const { pool, cut } = breakablePool(database.url)
  const errors: string[] = []
  let wakes = 0
  await using worker = new WakeWorker({
    pool,
    schema: 'graphile_worker',
    prepare: true,
    async due() {
      wakes += 1
      cut.isCut = wakes <= 2
      if (wakes === 2) throw new Error('nothing can be sent')
      return false
    },
    upkeep: async () => {},
    onError: error => void errors.push(error instanceof Error ? error.message : String(error)),
  })
  // It is woken by itself when it starts: somebody may have died over a job.
  await worker.start()
  await until(() => errors.some(error => error.includes('Failed to complete jobs')))
  cut.isCut = false
  // It starts afresh after five seconds, and is woken again.
  await until(() => errors.some(error => error.includes('Failed to fail jobs')))
  cut.isCut = false
  await until(() => wakes === 3)
  expect(wakes).toBe(3)
})
