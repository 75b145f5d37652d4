import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { DatabaseOverloaded } from '../database/shared-connections.ts'
import type { DB } from '../database/tables.ts'

/** The task that sends what is due. */
export const dueTask = 'webhooks_due'

const bucketMs = 1_000
const noSchema = '3F000'
const noFunction = '42883'
// Waits beyond ten minutes are woken to the minute.
const coarseFromMs = 10 * 60_000
const coarseBucketMs = 60_000
const maxRemembered = 10_000

/** graphile-worker's schema beside ours: several gateways can share a database, each in a schema of its own. */
export function workerSchemaOf(databaseSchema: string): string {
  const suffix = '_graphile_worker'
  return databaseSchema === 'public' ? suffix.slice(1) : `${databaseSchema.slice(0, 63 - suffix.length)}${suffix}`
}

/** The jobs that have some process send what is due. Waits that end in the same second share a job. */
export class Wakes {
  readonly #schema: string
  readonly #known = new Set<number>()

  constructor(workerSchema: string) {
    this.#schema = workerSchema
  }

  /** The times, in Unix milliseconds, at which these waits have to be woken and no job of this process does it yet. */
  missing(waitsMs: readonly number[]): number[] {
    const now = Date.now()
    const times = waitsMs.map(wait => {
      const bucket = wait > coarseFromMs ? coarseBucketMs : bucketMs
      return (Math.floor((now + wait) / bucket) + 1) * bucket
    })
    return [...new Set(times)].filter(time => !this.#known.has(time)).sort((a, b) => a - b)
  }

  /**
   * Adds the jobs; they commit with what makes the deliveries due. Throws DatabaseOverloaded in the first moment of a new
   * database, before graphile-worker has made its tables.
   */
  async add(db: Kysely<DB>, times: readonly number[]): Promise<void> {
    if (times.length === 0) return
    await sql`
      select ${sql.id(this.#schema)}.add_job(${dueTask}, '{}'::json, run_at := to_timestamp(at / 1000.0),
        job_key := ${`${dueTask}/`}::text || at, job_key_mode := 'preserve_run_at')
      from unnest(${times}::bigint[]) as at`
      .execute(db)
      .catch(error => {
        const isMissing = error instanceof pg.DatabaseError && [noSchema, noFunction].includes(error.code ?? '')
        throw isMissing ? new DatabaseOverloaded('the webhooks are being started', { cause: error }) : error
      })
  }

  /** These jobs are committed. */
  remember(times: readonly number[]): void {
    if (this.#known.size > maxRemembered) this.#known.clear()
    for (const time of times) this.#known.add(time)
  }

  /** Adds and remembers, where nothing else has to commit with it. */
  async wakeAfter(db: Kysely<DB>, waitMs: number): Promise<void> {
    const times = this.missing([waitMs])
    await this.add(db, times)
    this.remember(times)
  }
}
