import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { workerSchemaOf } from './wakes.ts'

/** Brings graphile-worker's tables up to date, so that a gateway with fewer rights than who migrates finds them. */
export async function migrateWorker(
  target: { connectionString: string; ssl?: pg.ClientConfig['ssl'] | undefined },
  databaseSchema: string,
): Promise<void> {
  const { connectionString, ssl } = target
  const pool = new pg.Pool({ connectionString, ...(ssl === undefined ? {} : { ssl }), max: 1 })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  try {
    const logger = new Logger(() => () => {})
    await runMigrations({ pgPool: pool, schema: workerSchemaOf(databaseSchema), logger })
  } finally {
    await pool.end()
  }
}
