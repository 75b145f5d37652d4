import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { EventRow } from '../events/event-store.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import type { EndpointLines } from './endpoint-lines.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { leaseSeconds, type QueueRow, release } from './queue-store.ts'
import type { Wakes } from './wakes.ts'

// Of an endpoint that has no line here yet; its line fetches the rest.
const otherRoom = 16
const maxClaimed = 4_096
const watchEveryMs = 5_000
const refillMs = 2
const failedRetryMs = 1_000

/** A delivery that was taken, by `performance.now()` at a moment. */
export interface Claimed {
  queued: QueueRow
  event: EventRow | undefined
  endpoint: EndpointRow
  takenAt: number
}

interface DeliveryClaimsOptions {
  db: Kysely<DB>
  wakes: Wakes
  lines: EndpointLines
  take: (claimed: Claimed) => void
  onError: (error: unknown) => void
}

/** Takes deliveries that are due out of the database, as far as the lines have room. */
export class DeliveryClaims {
  readonly #options: DeliveryClaimsOptions
  readonly #near = new Map<number, NodeJS.Timeout>()
  #watchedAt = Number.NEGATIVE_INFINITY
  #claiming: Promise<void> | undefined
  #refill: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: DeliveryClaimsOptions) {
    this.#options = options
  }

  /** Takes what is due for any endpoint. */
  claim(): Promise<void> {
    return this.#claim(otherRoom)
  }

  /** Does so in a while. graphile-worker would wake it too, up to a second or two later. */
  claimAfter(waitMs: number): void {
    const time = Math.ceil((Date.now() + waitMs) / 100) * 100
    if (this.#isStopped || this.#near.has(time)) return
    const timer = setTimeout(() => {
      this.#near.delete(time)
      this.claim().catch(this.#options.onError)
    }, time - Date.now())
    this.#near.set(time, timer.unref())
  }

  /** Takes more for the lines that may have more. */
  refillSoon(): void {
    if (this.#isStopped || this.#refill !== undefined) return
    this.#refill = setTimeout(() => {
      this.#refill = undefined
      this.#claim(0).catch(this.#options.onError)
    }, refillMs)
  }

  /** To be called before anything is taken: there is a job that looks after it, should this process not live to see the end. */
  async watch(): Promise<void> {
    const now = performance.now()
    if (now - this.#watchedAt < watchEveryMs) return
    const { db, wakes } = this.#options
    await wakes.wakeAfter(db, leaseSeconds * 1_000 + watchEveryMs)
    this.#watchedAt = now
  }

  /** Takes no more, and waits for the claim under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#refill)
    for (const timer of this.#near.values()) clearTimeout(timer)
    await this.#claiming?.catch(() => {})
  }

  // One after the other: each has to know the room that the one before it left.
  #claim(room: number): Promise<void> {
    const claiming = (this.#claiming ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.#claimNow(room))
      .finally(() => {
        if (this.#claiming === claiming) this.#claiming = undefined
      })
    this.#claiming = claiming
    return claiming
  }

  async #claimNow(otherRoom: number): Promise<void> {
    const { db, lines, take, onError } = this.#options
    const wanting = lines.all().filter(line => otherRoom > 0 || line.mayHaveMore)
    if (this.#isStopped || (otherRoom === 0 && wanting.length === 0)) return
    await this.watch()
    const rooms = wanting.map(line => {
      // What is queued from here on sets it again.
      line.mayHaveMore = false
      return { line, workspaceId: line.endpoint.workspace_id, endpointId: line.endpoint.id, room: line.reserve() }
    })
    const takenAt = performance.now()
    const claimed = await claimDeliveries(db, { rooms, otherRoom, limit: maxClaimed })
      .catch((error: unknown) => {
        for (const line of wanting) line.mayHaveMore = true
        this.claimAfter(failedRetryMs)
        throw error
      })
      .finally(() => {
        for (const { line, room } of rooms) line.unreserve(room)
      })
    const roomOf = new Map(rooms.map(({ line, room }) => [line, room]))
    const taken = claimed.flatMap(({ queued, event, endpoint }) =>
      endpoint?.enabled ? [{ line: lines.of(endpoint), claimed: { queued, event, endpoint, takenAt } }] : [],
    )
    // Whoever got as much as it had room for may have more.
    const isCut = claimed.length >= maxClaimed
    for (const [line, room] of roomOf) line.mayHaveMore ||= isCut || room === 0
    for (const [line, { length }] of Map.groupBy(taken, ({ line }) => line)) {
      line.mayHaveMore ||= length >= (roomOf.get(line) ?? otherRoom)
    }
    for (const { claimed } of taken) take(claimed)
    const disabledMeanwhile = claimed.filter(({ endpoint }) => !endpoint?.enabled).map(({ queued }) => queued)
    await release(db, disabledMeanwhile).catch(onError)
  }
}
