import { setTimeout as delay } from 'node:timers/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { DB } from '../database/tables.ts'

const tries = 20
const lockNotAvailable = '55P03'

/**
 * One step of a background job in a transaction of its own. Among all processes of a database and schema one step runs at
 * a time: undefined when another process is at it. Locks are waited for only briefly, since whoever waits for a lock
 * holds up everybody behind it; then it is tried again. Throws what the work throws, and the last refusal of a lock.
 */
export async function oneAtATime<Result>(
  db: Kysely<DB>,
  signal: AbortSignal,
  work: (trx: Transaction<DB>) => Promise<Result>,
): Promise<Result | undefined> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted()
    try {
      return await db.transaction().execute(async trx => {
        // Held by the transaction, not by the session: a pooler may hand out another session for each transaction.
        const { rows } = await sql<{ taken: boolean }>`
          select pg_try_advisory_xact_lock(hashtextextended('orders-gateway jobs of ' || current_schema(), 0)) as taken`.execute(
          trx,
        )
        if (rows[0]?.taken !== true) return undefined
        await sql`set local lock_timeout = '200ms'`.execute(trx)
        await sql`set local statement_timeout = '60s'`.execute(trx)
        return await work(trx)
      })
    } catch (error) {
      const isLocked = error instanceof pg.DatabaseError && error.code === lockNotAvailable
      if (!isLocked || failures === tries) throw error
      await delay(250 + Math.random() * 1_000, undefined, { signal, ref: false })
    }
  }
}
