import { Pool } from 'undici'
import { type GuardOptions, guardedConnector } from './guarded-connector.ts'

/** Keep-alive connections to the receivers, a pool of its own for each endpoint, so that none waits for another's. */
export class ReceiverConnections implements AsyncDisposable {
  readonly #connect: ReturnType<typeof guardedConnector>
  readonly #pools = new Map<string, { origin: string; pool: Pool; usedAt: number }>()
  readonly #sweep: NodeJS.Timeout

  constructor(options: Omit<GuardOptions, 'timeoutMs'> & { connectTimeoutMs?: number }) {
    this.#connect = guardedConnector({ ...options, timeoutMs: options.connectTimeoutMs ?? 10_000 })
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
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.destroy()))
  }
}

const idleMs = 60_000
