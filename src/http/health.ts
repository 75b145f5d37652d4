import type { IncomingMessage, ServerResponse } from 'node:http'
import { CompiledQuery } from 'kysely'
import type { Databases } from '../database/connect.ts'
import type { EventFeed } from '../events/event-feed.ts'

const databaseAnswersMs = 2_000
/** The feed is behind when it has not read the log for so long. */
const maxLagMs = 5_000
// Anybody may ask: the database is asked once a second at most.
const rememberedMs = 1_000

interface Readiness {
  status: 'ready' | 'unready'
  database: 'ok' | 'unreachable'
  feed: 'ok' | 'behind'
}

export interface HealthParts {
  databases: Databases
  feed: EventFeed
  isStopping: () => boolean
}

/** Answers `/health/live` and `/health/ready`. Live: the process answers. Ready: it can do its work too. */
export class Health {
  readonly #parts: HealthParts
  #database: Promise<boolean> | undefined
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(parts: HealthParts) {
    this.#parts = parts
  }

  live(request: IncomingMessage, response: ServerResponse): void {
    answer(request, response, 200, { status: 'live' })
  }

  async ready(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isDatabaseOk = await this.#databaseAnswers()
    const isFeedOk = this.#parts.feed.lagMs() <= maxLagMs
    const isReady = isDatabaseOk && isFeedOk && !this.#parts.isStopping()
    const readiness: Readiness = {
      status: isReady ? 'ready' : 'unready',
      database: isDatabaseOk ? 'ok' : 'unreachable',
      feed: isFeedOk ? 'ok' : 'behind',
    }
    answer(request, response, isReady ? 200 : 503, readiness)
  }

  #databaseAnswers(): Promise<boolean> {
    const now = performance.now()
    if (this.#database === undefined || now - this.#askedAt > rememberedMs) {
      this.#askedAt = now
      this.#database = answersInTime(this.#parts.databases)
    }
    return this.#database
  }
}

async function answersInTime(databases: Databases): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), databaseAnswersMs)
  const answers = databases.db.executeQuery(CompiledQuery.raw('select 1')).then(
    () => true,
    () => false,
  )
  const isOk = await Promise.race([answers, late])
  clearTimeout(timer)
  return isOk
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
