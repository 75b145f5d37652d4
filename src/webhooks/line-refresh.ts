import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { EndpointLine } from './endpoint-line.ts'
import type { EndpointLines } from './endpoint-lines.ts'
import { type EndpointRow, endpointsOf } from './endpoint-store.ts'

const everyMs = 1_000

interface LineRefreshOptions {
  db: Kysely<DB>
  lines: EndpointLines
  /** Somebody changed the endpoint of a line; undefined: it is gone. */
  changed: (line: EndpointLine, endpoint: EndpointRow | undefined) => Promise<void>
  onError: (error: unknown) => void
}

/**
 * Looks once a second at the endpoints that something in memory waits for: another gateway may have changed them. It needs no
 * message that could be lost.
 */
export class LineRefresh {
  readonly #options: LineRefreshOptions
  readonly #timer: NodeJS.Timeout
  #looking: Promise<void> | undefined

  constructor(options: LineRefreshOptions) {
    this.#options = options
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look()
        .catch(options.onError)
        .finally(() => {
          this.#looking = undefined
        })
    }, everyMs).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  async #look(): Promise<void> {
    const { db, lines, changed } = this.#options
    const waiting = lines.all().filter(line => line.isWaiting)
    if (waiting.length === 0) return
    const rows = await endpointsOf(
      db,
      waiting.map(({ endpoint }) => endpoint.workspace_id),
      waiting.map(({ endpoint }) => endpoint.id),
    )
    const endpoints = new Map(rows.map(row => [`${row.workspace_id}/${row.id}`, row]))
    for (const line of waiting) {
      const { workspace_id, id, updated_at } = line.endpoint
      const endpoint = endpoints.get(`${workspace_id}/${id}`)
      if (endpoint?.updated_at !== updated_at) await changed(line, endpoint)
      else line.update(endpoint)
    }
  }
}
