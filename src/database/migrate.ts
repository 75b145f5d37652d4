import pg from 'pg'
import { asConnectionError } from './connection-error.ts'
import { type Migration, MigrationError, pendingMigrations, readMigrations } from './migration-files.ts'

/** A server to migrate. */
export interface MigrationTarget {
  connectionString: string
  /** TLS as `pg` takes it; undefined: none. */
  ssl?: pg.ClientConfig['ssl']
}

export interface MigrationPlan {
  /** Where the .sql files lie. */
  directory: string
  /** The schema that holds all tables; made where it is missing. */
  schema: string
}

const oldestServer = 150_000
const undefinedTable = '42P01'
const partitionTaken = '23514'

/**
 * Brings a database up to date and makes the events' partitions of the coming week. Each file is one transaction under an
 * advisory lock, so that two at once are safe. Returns the names of what was applied. Throws MigrationError and
 * ConnectionError.
 */
export async function migrate(
  target: MigrationTarget,
  { directory, schema, log }: MigrationPlan & { log: (line: string) => void },
): Promise<string[]> {
  const migrations = await readMigrations(directory)
  return withClient(target, async client => {
    const done: string[] = []
    const isCurrent = pendingMigrations(migrations, await readApplied(client, schema)).length === 0
    while (!isCurrent) {
      const name = await inTransaction(client, schema, () => applyNext(client, migrations))
      if (name === undefined) break
      log(`applied ${name}`)
      done.push(name)
    }
    await inTransaction(client, schema, () => createPartitions(client, log))
    return done
  })
}

/** Throws MigrationError unless a database has all migrations and no other, ConnectionError when it cannot be reached. */
export async function assertMigrated(target: MigrationTarget, { directory, schema }: MigrationPlan): Promise<void> {
  const migrations = await readMigrations(directory)
  const applied = await withClient(target, client => readApplied(client, schema))
  const pending = pendingMigrations(migrations, applied)
  if (pending.length === 0) return
  const missing = pending.length === 1 ? 'a migration' : `${pending.length} migrations`
  throw new MigrationError(`the database lacks ${missing} (${pending[0]?.name}): run npm run migrate`)
}

async function withClient<Result>(
  { connectionString, ssl }: MigrationTarget,
  act: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 5_000,
    application_name: 'orders-gateway migrate',
    ...(ssl === undefined ? {} : { ssl }),
  })
  // A connection that breaks fails the statement under way; alone it must not end the process.
  client.on('error', () => {})
  await client.connect().catch(error => {
    throw asConnectionError(error, connectionString)
  })
  try {
    await refuseOldServer(client)
    return await act(client)
  } finally {
    await client.end()
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  )
  const [server] = rows
  if (server !== undefined && server.number < oldestServer) {
    throw new MigrationError(`PostgreSQL ${server.version} is too old: 15 or newer is needed`)
  }
}

async function inTransaction<Result>(client: pg.Client, schema: string, act: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  try {
    // Of the transaction, not of the session: a pooler may give each transaction another session.
    await client.query(
      `select pg_advisory_xact_lock(hashtextextended($1, 0)), set_config('search_path', $2, true),
        set_config('timezone', 'UTC', true), set_config('statement_timeout', '0', true)`,
      [`orders-gateway migrate ${schema}`, schema],
    )
    await createSchema(client, schema)
    const result = await act()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

// `if not exists` would ask for the right to create schemas even where the schema is there.
async function createSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>('select to_regnamespace($1) is not null as exists', [schema])
  if (rows[0]?.exists !== true) await client.query(`create schema ${pg.escapeIdentifier(schema)}`)
}

/** Applies the first migration that is pending; its name, undefined when none is. */
async function applyNext(client: pg.Client, migrations: readonly Migration[]): Promise<string | undefined> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp())`)
  const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from schema_migrations')
  const [next, ...following] = pendingMigrations(migrations, rows)
  if (next === undefined) return undefined
  // The last one waits for the disk and takes those before it along.
  if (following.length > 0) await client.query('set local synchronous_commit = off')
  await client.query(next.sql).catch((error: Error) => {
    throw new MigrationError(`migration ${next.name} failed, nothing of it was applied: ${error.message}`, {
      cause: error,
    })
  })
  await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [next.name, next.sha256])
  return next.name
}

/** The migrations that a database has. */
export async function readApplied(client: pg.Client, schema: string): Promise<{ name: string; sha256: string }[]> {
  const table = `${pg.escapeIdentifier(schema)}.schema_migrations`
  try {
    const { rows } = await client.query<{ name: string; sha256: string }>(`select name, sha256 from ${table}`)
    return rows
  } catch (error) {
    // No such table or schema: nothing was ever applied.
    if (error instanceof pg.DatabaseError && (error.code === undefinedTable || error.code === '3F000')) return []
    throw error
  }
}

async function createPartitions(client: pg.Client, log: (line: string) => void): Promise<void> {
  await client.query('savepoint partitions')
  try {
    await client.query('select create_event_partitions(current_date - 1, current_date + 7)')
  } catch (error) {
    // The default partition has taken events of such a day: it goes on taking them.
    if (!(error instanceof pg.DatabaseError) || error.code !== partitionTaken) throw error
    await client.query('rollback to savepoint partitions')
    log(`no partitions for the coming days: ${error.message}`)
  }
}
