import { readFileSync } from 'node:fs'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { Databases } from '../../src/database/connect.ts'
import type { DB } from '../../src/database/tables.ts'
import { valueParsers } from '../../src/database/value-parsers.ts'
import { createOrder } from '../../src/orders/create-order.ts'
import type { BenchDatabase } from './bench-database.ts'

/** A statement as a command has sent it. */
export interface RecordedStatement {
  text: string
  values: readonly unknown[]
}

/** Runs `createOrder` with the inputs of the first requests of a file, and records what each sends to PostgreSQL. */
export async function recordTransactions(
  database: BenchDatabase,
  bodies: string,
  count: number,
): Promise<RecordedStatement[][]> {
  const config = { connectionString: database.url, schema: 'public', poolSize: 1, poolQueue: 1, sharedConnections: 1 }
  await using databases = new Databases({ ...config, statementTimeoutMs: 10_000 }, () => {})
  await using keys = new KeyRing(databases)
  const actor = await keys.authenticate(database.key)
  if (actor === undefined) throw new Error('the key of the benchmark does not work')
  const recorded: RecordedStatement[][] = []
  const pool = new pg.Pool({ connectionString: database.url, max: 1, types: valueParsers })
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    log({ query }) {
      if (query.sql !== 'begin' && query.sql !== 'commit')
        recorded.at(-1)?.push({ text: query.sql, values: query.parameters })
    },
  })
  try {
    for (const body of readFileSync(bodies, 'utf8').split('\n', count)) {
      recorded.push([])
      await createOrder({ db, actor, committed() {} }, JSON.parse(body).variables.input)
    }
  } finally {
    await db.destroy()
  }
  return recorded
}
