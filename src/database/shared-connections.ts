import pg from 'pg'

/** The pool's queue, or what is in flight on the shared connections, is full: answered with 503 and Retry-After. */
export class DatabaseOverloaded extends Error {
  override name = 'DatabaseOverloaded'
}

const maxInFlight = 5_000

// The connection died, or its prepared statements no longer fit: a read is safe to ask once more elsewhere.
function isWorthASecondTry(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true
  return error.code === '26000' || error.code === '0A000' || /^(08|57P0)/.test(error.code ?? '')
}

/**
 * A few connections that all reads of fixed text share, many statements in flight on each (pipeline mode).
 * They have no transactions and no cancel: either would touch strangers' statements. They reconnect by themselves.
 */
export class SharedConnections implements AsyncDisposable {
  readonly #config: pg.ClientConfig
  readonly #connections: (Promise<pg.Client> | pg.Client | undefined)[]
  #next = 0
  #inFlight = 0
  #isCorked = false

  constructor(config: pg.ClientConfig, count: number) {
    this.#config = config
    this.#connections = new Array(count).fill(undefined)
  }

  /** How many statements are on the wire. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Runs a named statement of fixed text; retried once when the connection was lost under it. */
  async query(statement: pg.QueryConfig | pg.QueryArrayConfig): Promise<pg.QueryResult> {
    if (this.#inFlight >= maxInFlight) throw new DatabaseOverloaded('too many statements in flight')
    this.#inFlight += 1
    try {
      return await this.#attempt(statement)
    } catch (error) {
      if (!isWorthASecondTry(error)) throw error
      return await this.#attempt(statement)
    } finally {
      this.#inFlight -= 1
    }
  }

  async #attempt(statement: pg.QueryConfig): Promise<pg.QueryResult> {
    const slot = this.#next
    const connection = this.#connections[slot] ?? this.#connect(slot)
    const client = connection instanceof pg.Client ? connection : await connection
    this.#writeTogether(client)
    try {
      return await send(client, statement)
    } catch (error) {
      if (isWorthASecondTry(error)) this.#drop(slot, client)
      throw error
    }
  }

  // A write to a socket costs more than most statements: those of one tick share a connection and a write.
  #writeTogether(client: pg.Client): void {
    if (this.#isCorked) return
    this.#isCorked = true
    const { stream } = client.connection
    stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#next = (this.#next + 1) % this.#connections.length
      stream.uncork()
    })
  }

  #connect(slot: number): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#config, pipeline: true } as pg.ClientConfig)
    client.on('error', () => this.#drop(slot, client))
    client.on('end', () => this.#drop(slot, client))
    const connecting = client.connect().then(
      () => {
        if (this.#connections[slot] === connecting) this.#connections[slot] = client
        return client
      },
      error => {
        if (this.#connections[slot] === connecting) this.#connections[slot] = undefined
        throw error
      },
    )
    this.#connections[slot] = connecting
    return connecting
  }

  #drop(slot: number, client: pg.Client): void {
    if (this.#connections[slot] !== client) return
    this.#connections[slot] = undefined
    client.end().catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#connections.map(async connection => (await connection)?.end()))
  }
}

// Not client.query's own promise: V8 allocates what `query.callback = () => ...` makes in the old generation, where it
// keeps all that its request has loaded until a full collection.
function send(client: pg.Client, statement: pg.QueryConfig): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(statement, (error: Error | null, result: pg.QueryResult) => (error ? reject(error) : resolve(result)))
  })
}
