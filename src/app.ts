import { resolve } from 'node:path'
import pg from 'pg'
import type { Logger } from 'pino'
import { KeyRing } from './api-keys/key-ring.ts'
import type { Config } from './config.ts'
import { Databases } from './database/connect.ts'
import { DatabaseProbe } from './database/database-probe.ts'
import type { EmbeddedPostgres } from './database/embedded/embedded-postgres.ts'
import { logFailure } from './database/log-failure.ts'
import { assertMigrated, migrate } from './database/migrate.ts'
import { readMigrations } from './database/migration-files.ts'
import { type DemoKey, openDemo } from './demo/demo-workspace.ts'
import { fillDemo } from './demo/fill-demo.ts'
import { EventFeed } from './events/event-feed.ts'
import { loadCompiler } from './graphql/compiled-execution.ts'
import { createExplorer } from './http/explorer/explorer.ts'
import { asListenError } from './http/listen-error.ts'
import { startJobs } from './jobs/schedule.ts'
import { openSecretKeyFile } from './webhooks/secret-key-file.ts'
import { startWebhooks } from './webhooks/start-webhooks.ts'

const checkoutDir = resolve(import.meta.dirname, '..')
const migrationsDir = resolve(checkoutDir, 'migrations')

/** A gateway that answers. Disposing of it drains what is in flight, then stops everything else. */
export interface App extends AsyncDisposable {
  /** Where it listens. */
  url: string
  graphiql: boolean
  databases: Databases
  feed: EventFeed
  /** Undefined with a DATABASE_URL. */
  demo: { key: DemoKey; clusterDir: string } | undefined
  /**
   * Begins what no request waits for, the hourly jobs and the sending of webhooks, and loads the compiler of queries. Throws
   * what the database refuses. On DATABASE_URL jobs and webhooks have begun; on a PostgreSQL of our own, which refuses nothing,
   * the first requests may go before them.
   */
  beginBackground(): Promise<void>
  /** Stops the PostgreSQL of our own without waiting for what is in flight; to be followed by the end of the process. */
  stopAtOnce(): Promise<void>
}

/**
 * Starts the gateway, on DATABASE_URL or on a PostgreSQL of our own, which may still be starting; what was started is stopped
 * again when something fails, or when the signal calls the start off.
 */
export async function startApp(
  config: Config,
  log: Logger,
  starting?: Promise<EmbeddedPostgres>,
  signal?: AbortSignal,
): Promise<App> {
  if (config.demo && starting === undefined) throw new Error('without DATABASE_URL a PostgreSQL must be started')
  await using parts = new AsyncDisposableStack()
  let isStopping = false
  const onLostConnection = (error: Error) => {
    // The pool does not wait for its connections to end, so PostgreSQL may find one when it stops.
    if (!isStopping) log.warn({ reason: error.message }, 'a database connection was lost')
  }
  // Compiled while PostgreSQL starts.
  const loading = Promise.all([
    import('./schema.ts'),
    import('./http/server.ts'),
    import('./webhooks/body-documents-schema.ts'),
  ])
  loading.catch(() => {})
  const postgres = starting && parts.use(await starting)
  signal?.throwIfAborted()
  const target = databaseTarget(config, postgres)
  const plan = { directory: migrationsDir, schema: config.databaseSchema }
  if (postgres === undefined) await assertMigrated(target, plan)
  else await migrate(target, { ...plan, log: line => log.debug(line) })
  const databases = parts.use(new Databases({ ...config, ...target, schema: config.databaseSchema }, onLostConnection))
  databases.open()
  const probe = parts.use(
    new DatabaseProbe({ databases, schema: config.databaseSchema, migrations: await readMigrations(migrationsDir) }),
  )
  const keys = parts.use(new KeyRing(databases))
  const feed = parts.use(new EventFeed(databases, error => logFailure(log, 'the event feed', error)))
  const [demo] = await Promise.all([postgres && openDemoOf(postgres, databases), feed.start()])
  signal?.throwIfAborted()
  const [{ schema }, { startServer }, { BodyDocuments }] = await loading
  const documents = new BodyDocuments(schema)
  const jobs = parts.use(new AsyncDisposableStack())
  const webhooks = parts.use(
    startWebhooks({
      databases,
      feed,
      log,
      secretsKeys: await secretsKeysOf(config, postgres),
      allowLoopback: config.webhookAllowLoopback,
      openPool: () => new pg.Pool({ ...target, max: 3, application_name: 'orders-gateway jobs' }),
      databaseSchema: config.databaseSchema,
      prepare: config.sharedConnections > 0,
      documentProblem: documents.problem,
      shape: (endpoint, event) => documents.shape(databases, feed, endpoint, event),
    }),
  )
  let hasBegun = false
  const beginBackground = () => {
    if (!hasBegun) jobs.use(startJobs(databases, { retentionDays: config.eventRetentionDays, log }))
    hasBegun = true
    return webhooks.begin()
  }
  if (postgres === undefined) await beginBackground()
  const explorer = config.graphiql
    ? createExplorer({
        bind: config.host,
        demoKey: demo && (async () => demo.key.key),
        onError: error => log.error({ err: error }, 'the GraphiQL page could not be served'),
      })
    : undefined
  const server = parts.use(
    await startServer({ schema, config, databases, probe, keys, feed, log, explorer }).catch(error => {
      throw asListenError(error, config)
    }),
  )
  const started = parts.move()
  return {
    url: server.url,
    graphiql: config.graphiql,
    databases,
    feed,
    demo,
    async beginBackground() {
      if (isStopping) return
      await beginBackground().catch(error => {
        if (!isStopping) throw error
      })
      loadCompiler()
    },
    async stopAtOnce() {
      isStopping = true
      await postgres?.stop()
    },
    async [Symbol.asyncDispose]() {
      isStopping = true
      await started.disposeAsync()
    },
  }
}

async function openDemoOf(postgres: EmbeddedPostgres, databases: Databases): Promise<NonNullable<App['demo']>> {
  return { key: await openDemo(databases, postgres.dataDir, fillDemo), clusterDir: postgres.clusterDir }
}

function databaseTarget(config: Config, postgres: EmbeddedPostgres | undefined) {
  const connectionString = postgres?.connectionString ?? config.databaseUrl ?? ''
  const ssl = postgres === undefined ? config.databaseSsl : undefined
  return { connectionString, ...(ssl === undefined ? {} : { ssl }) }
}

async function secretsKeysOf(config: Config, postgres: EmbeddedPostgres | undefined): Promise<readonly Buffer[]> {
  if (config.secretsKeys.length > 0 || postgres === undefined) return config.secretsKeys
  return [await openSecretKeyFile(postgres.dataDir)]
}
