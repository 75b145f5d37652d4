import { resolve } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { Databases } from '../database/connect.ts'
import { joinEmbedded } from '../database/embedded/embedded-postgres.ts'
import { assertMigrated, migrate } from '../database/migrate.ts'

const checkoutDir = resolve(import.meta.dirname, '../..')

/** Where a command-line tool finds PostgreSQL. */
export interface DatabaseAddress {
  connectionString: string
  ssl?: Config['databaseSsl']
}

/** The plan of every migration of ours. */
export function migrationPlan(config: Config) {
  return { directory: resolve(checkoutDir, 'migrations'), schema: config.databaseSchema }
}

/**
 * Runs a tool's work with the configured PostgreSQL, or the embedded one: that of the gateway that runs, else started for the
 * tool.
 */
export async function withServer<Result>(
  config: Config,
  act: (address: DatabaseAddress) => Promise<Result>,
): Promise<Result> {
  if (config.databaseUrl !== undefined) return act({ connectionString: config.databaseUrl, ssl: config.databaseSsl })
  await using embedded = await joinEmbedded({ dataDir: config.dataDir, checkoutDir, log: writeRemark })
  return await act({ connectionString: embedded.connectionString })
}

/** Runs a tool's work on a database that has all migrations; the embedded one gets them first. */
export async function withDatabase<Result>(
  act: (databases: Databases, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(process.env)
  return withServer(config, async address => {
    const plan = migrationPlan(config)
    if (config.demo) await migrate(address, { ...plan, log: writeRemark })
    else await assertMigrated(address, plan)
    await using databases = new Databases(
      {
        connectionString: address.connectionString,
        schema: config.databaseSchema,
        ...(address.ssl === undefined ? {} : { ssl: address.ssl }),
        poolSize: config.poolSize,
        poolQueue: config.poolQueue,
        sharedConnections: 0,
        statementTimeoutMs: 0,
      },
      () => {},
    )
    return await act(databases, config)
  })
}

/** Says something by the way, where it can't be taken for the result. */
export function writeRemark(line: string): void {
  process.stderr.write(`${line}\n`)
}
