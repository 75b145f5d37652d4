import type { Duplex } from 'node:stream'
import pg from 'pg'
import { isAboutPrepared } from './transaction-client.ts'

/** The pool's queue, or what is in flight on the shared connections, is full: answered with 503 and Retry-After. */
export class DatabaseOverloaded extends Error {
  override name = 'DatabaseOverloaded'
}

const maxInFlight = 5_000

// The connection died, or its prepared statements no longer fit: a read is safe to ask once more elsewhere.
function isWorthASecondTry(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true
  return isAboutPrepared(error) || /^(08|57P0)/.test(error.code ?? '')
}

/**
 * A few connections that all reads of fixed text share, many statements in flight on each (pipeline mode).
 * They have no transactions and no cancel: either would touch strangers' statements. They reconnect by themselves.
 */
export class SharedConnections implements AsyncDisposable {
  readonly #config: pg.ClientConfig
  readonly #connections: (Promise<pg.Client> | pg.Client | undefined)[]
  readonly #gathering = new Set<Duplex>()
  #next = 0
  #inFlight = 0

  constructor(config: pg.ClientConfig, count: number) {
    this.#config = config
    this.#connections = new Array(count).fill(undefined)
  }

  /** Connects, so that the first statements need not wait for it; what fails is tried again with them. */
  open(): void {
    for (const [slot, connection] of this.#connections.entries()) {
      if (connection === undefined) this.#connect(slot).catch(() => {})
    }
  }

  /** How many statements are on the wire. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Runs a named statement of fixed text; retried once when the connection was lost under it. */
  async query(name: string, text: string, values: unknown[]): Promise<unknown[]> {
    if (this.#inFlight >= maxInFlight) throw new DatabaseOverloaded('too many statements in flight')
    this.#inFlight += 1
    try {
      return await this.#attempt(name, text, values)
    } catch (error) {
      if (!isWorthASecondTry(error)) throw error
      return await this.#attempt(name, text, values)
    } finally {
      this.#inFlight -= 1
    }
  }

  async #attempt(name: string, text: string, values: unknown[]): Promise<unknown[]> {
    const slot = this.#next
    this.#next = (slot + 1) % this.#connections.length
    const connection = this.#connections[slot] ?? this.#connect(slot)
    const client = connection instanceof pg.Client ? connection : await connection
    try {
      this.#gather(client)
      const result = await client.query({ name, text, values })
      return result.rows
    } catch (error) {
      if (isWorthASecondTry(error)) this.#drop(slot, client)
      throw error
    }
  }

  // Statements of the same turn of the event loop leave in one write: the socket costs more than they do.
  #gather({ connection: { stream } }: pg.Client): void {
    if (this.#gathering.has(stream)) return
    this.#gathering.add(stream)
    stream.cork()
    setImmediate(() => {
      this.#gathering.delete(stream)
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
