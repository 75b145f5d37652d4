import { Pool } from 'undici'
import { guardedConnector } from './guarded-connector.ts'
import { NameLookup, type Resolve } from './name-lookup.ts'

interface ConnectionsOptions {
  /** Also lets connections to this machine's loopback through, and only those without TLS. */
  allowLoopback: boolean
  connectTimeoutMs?: number
  /** How names are looked up; in the DNS unless a test says otherwise. */
  resolve?: Resolve | undefined
}

/** Keep-alive connections to the receivers, a pool of its own for each endpoint, so that none waits for another's. */
export class ReceiverConnections implements AsyncDisposable {
  readonly #names = new NameLookup()
  readonly #connect: ReturnType<typeof guardedConnector>
  readonly #pools = new Map<string, { origin: string; pool: Pool; usedAt: number }>()
  readonly #sweep: NodeJS.Timeout

  constructor({ allowLoopback, connectTimeoutMs = 10_000, resolve = this.#names.resolve }: ConnectionsOptions) {
    this.#connect = guardedConnector({ allowLoopback, timeoutMs: connectTimeoutMs, resolve })
    this.#sweep = setInterval(() => this.#closeIdle(), idleMs).unref()
  }

  /** The pool of an endpoint, named by anything; a new one when it moved to another origin. */
  pool(endpoint: string, origin: string): Pool {
    const known = this.#pools.get(endpoint)
    if (known?.origin === origin) {
      known.usedAt = performance.now()
      return known.pool
    }
    void known?.pool.close()
    const pool = new Pool(origin, {
      connect: this.#connect,
      pipelining: 1,
      keepAliveTimeout: 10_000,
      keepAliveMaxTimeout: 60_000,
    })
    this.#pools.set(endpoint, { origin, pool, usedAt: performance.now() })
    return pool
  }

  #closeIdle(): void {
    const oldest = performance.now() - idleMs
    for (const [endpoint, { pool, usedAt }] of this.#pools) {
      if (usedAt >= oldest) continue
      this.#pools.delete(endpoint)
      void pool.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweep)
    this.#names[Symbol.dispose]()
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.destroy()))
  }
}

const idleMs = 60_000
