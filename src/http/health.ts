import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DatabaseProbe, DatabaseState } from '../database/database-probe.ts'
import type { EventFeed } from '../events/event-feed.ts'

const databaseAnswersMs = 2_000
/** The feed is behind when it has not read the log for so long. */
const maxLagMs = 5_000
// Anybody may ask: the database is asked once a second at most.
const rememberedMs = 1_000

interface Readiness {
  status: 'ready' | 'unready'
  database: 'ok' | 'unreachable'
  /** Absent when the database does not answer. */
  migrations?: Exclude<DatabaseState, 'unreachable'>
  feed: 'ok' | 'behind'
}

export interface HealthParts {
  probe: Pick<DatabaseProbe, 'ask'>
  feed: EventFeed
  isStopping: () => boolean
}

/** Answers `/health/live` and `/health/ready`. Live: the process answers. Ready: it can do its work too. */
export class Health {
  readonly #parts: HealthParts
  #state: Promise<DatabaseState> | undefined
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(parts: HealthParts) {
    this.#parts = parts
  }

  live(request: IncomingMessage, response: ServerResponse): void {
    answer(request, response, 200, { status: 'live' })
  }

  async ready(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const state = await this.#databaseState()
    const isFeedOk = this.#parts.feed.lagMs() <= maxLagMs
    const isReady = state === 'ok' && isFeedOk && !this.#parts.isStopping()
    const readiness: Readiness = {
      status: isReady ? 'ready' : 'unready',
      ...(state === 'unreachable' ? { database: state } : { database: 'ok', migrations: state }),
      feed: isFeedOk ? 'ok' : 'behind',
    }
    answer(request, response, isReady ? 200 : 503, readiness)
  }

  #databaseState(): Promise<DatabaseState> {
    const now = performance.now()
    if (this.#state === undefined || now - this.#askedAt > rememberedMs) {
      this.#askedAt = now
      this.#state = inTime(this.#parts.probe.ask())
    }
    return this.#state
  }
}

async function inTime(state: Promise<DatabaseState>): Promise<DatabaseState> {
  const { promise: late, resolve } = Promise.withResolvers<DatabaseState>()
  const timer = setTimeout(() => resolve('unreachable'), databaseAnswersMs)
  try {
    return await Promise.race([state, late])
  } finally {
    clearTimeout(timer)
  }
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
