import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { Reads } from './reads.ts'
import { DatabaseOverloaded, SharedConnections } from './shared-connections.ts'
import { countStatement } from './statement-count.ts'
import type { DB } from './tables.ts'
import { TransactionClient } from './transaction-client.ts'
import { valueParsers } from './value-parsers.ts'

export interface DatabaseConfig {
  connectionString: string
  /** The schema all tables stand in. */
  schema: string
  /** TLS as node's tls module takes it; undefined: as the connection string says. */
  ssl?: pg.ConnectionConfig['ssl']
  /** Connections of the ordinary pool: transactions, filtered lists, counts. */
  poolSize: number
  /** Requests that may wait for a connection of the pool before the next one is refused. */
  poolQueue: number
  /** Pipelined connections that all statements of fixed text share; 0: none, all goes unnamed over the pool. */
  sharedConnections: number
  statementTimeoutMs: number
}

const soonMs = 2_000

/** The gateway's two handles on Postgres. */
export class Databases implements AsyncDisposable {
  readonly db: Kysely<DB>
  readonly #pool: pg.Pool
  readonly #shared: SharedConnections | undefined
  readonly #queue: number
  readonly #client: pg.ClientConfig

  constructor(config: DatabaseConfig, onError: (error: Error) => void) {
    const client: pg.ClientConfig = {
      connectionString: config.connectionString,
      types: valueParsers,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: 'orders-gateway',
      options: `-c search_path=${config.schema} -c timezone=UTC -c datestyle=ISO -c jit=off -c statement_timeout=${config.statementTimeoutMs} -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000`,
      ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
    }
    this.#client = client
    this.#queue = config.poolQueue
    const isPrepared = config.sharedConnections > 0
    const pooled = { ...client, ...(isPrepared && { pipeline: true }) }
    this.#pool = new pg.Pool({ ...pooled, max: config.poolSize, idleTimeoutMillis: 60_000 })
    // The pool listens to connections that nobody uses; one that breaks under a transaction would end the process.
    this.#pool.on('connect', connection => connection.on('error', onError))
    this.#pool.on('error', () => {})
    this.#shared = config.sharedConnections === 0 ? undefined : new SharedConnections(client, config.sharedConnections)
    this.db = new Kysely<DB>({
      dialect: new PostgresDialect({ pool: kyselyPool(this.#pool, isPrepared) }),
      log: event => countStatement(event.query.sql),
    })
  }

  /** Connects what all reads share, so that the first of them need not wait for it. */
  open(): void {
    this.#shared?.open()
  }

  /** What an actor of this workspace can read. */
  reads(workspaceId: string): Reads {
    return new Reads(workspaceId, this.#shared, this.db)
  }

  /** A connection for LISTEN, to be connected and ended by the caller; none behind a pooler in transaction mode. */
  ownConnection(): pg.Client | undefined {
    return this.#shared && new pg.Client(this.#client)
  }

  /** A connection for single statements that must be answered soon or not at all; to be connected and ended by the caller. */
  newConnection(): pg.Client {
    return new pg.Client({ ...this.#client, connectionTimeoutMillis: soonMs, query_timeout: soonMs })
  }

  /** Throws {@link DatabaseOverloaded} when more would only wait. */
  assertRoom(): void {
    if (this.#pool.waitingCount >= this.#queue) throw new DatabaseOverloaded('the queue of the connection pool is full')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shared?.[Symbol.asyncDispose]()
    await this.db.destroy()
  }
}

function kyselyPool(pool: pg.Pool, isPrepared: boolean): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  const forKysely = (client: pg.PoolClient) => {
    if (!isPrepared) return client as PostgresPoolClient
    const known = clients.get(client) ?? new TransactionClient(client).forKysely
    clients.set(client, known)
    return known
  }
  return {
    options: pool.options,
    connect: () => pool.connect().then(forKysely, tooLate),
    end: () => pool.end(),
  }
}

// A connection that does not come in time is a full pool: the request was fine and may be sent again.
function tooLate(error: unknown): never {
  const isTimeout = error instanceof Error && error.message === 'timeout exceeded when trying to connect'
  throw isTimeout ? new DatabaseOverloaded('no connection of the pool came free in time') : error
}
