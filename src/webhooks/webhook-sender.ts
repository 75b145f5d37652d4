import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { EventRow } from '../events/event-store.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import type { RoundTrip } from './delivery.ts'
import { outcome } from './delivery-outcome.ts'
import { EndpointLine, type Taken } from './endpoint-line.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { fanOut } from './fan-out.ts'
import { CutOff } from './post.ts'
import { isAnyDue, leaseSeconds, type QueueRow, release } from './queue-store.ts'
import type { Result } from './result-store.ts'
import { ResultWriter } from './result-writer.ts'
import { failedTrip, type Sending, sendEvent } from './send-event.ts'
import type { Wakes } from './wakes.ts'

const maxActive = 512
const maxTaken = 4_096
const maxUnwritten = 1_000
const otherRoom = 64
const watchEveryMs = 5_000
const nearMs = 60_000
const stopMs = 2_000
const failedRetryMs = 1_000

interface SenderOptions {
  db: Kysely<DB>
  wakes: Wakes
  sending: Sending
  /** An endpoint answered 410, or may have failed for long enough to be disabled. */
  onBroken: (endpoint: EndpointRow, reason: 'gone' | 'failing') => void
  onError: (error: unknown) => void
}

/**
 * Sends deliveries: those of the log as soon as they are made, those that are tried again when they are due. Each endpoint has a
 * line of its own, so a slow one holds up nobody else; what does not fit into memory waits in the database.
 */
export class WebhookSender {
  readonly #options: SenderOptions
  readonly #lines = new Map<string, EndpointLine>()
  readonly #stalled = new Set<EndpointLine>()
  readonly #writer: ResultWriter
  readonly #cutOff = new AbortController()
  readonly #near = new Map<number, NodeJS.Timeout>()
  readonly #sending = new Set<Promise<void>>()
  #active = 0
  #watchedAt = Number.NEGATIVE_INFINITY
  #claiming: Promise<void> | undefined
  #refill: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.#writer = new ResultWriter(
      options.db,
      options.wakes,
      results => this.#written(results),
      error => options.onError(error),
    )
  }

  /** How many requests are under way. */
  get active(): number {
    return this.#active
  }

  /** Takes a step through the log of a workspace. */
  async step(workspaceId: string): Promise<'busy' | 'end' | 'more'> {
    await this.#watch()
    const takenAt = performance.now()
    let room = this.#room
    const { state, taken, left } = await fanOut(this.#options.db, workspaceId, endpoint => {
      const share = Math.min(room, this.#line(endpoint).room)
      room -= share
      return this.#isStopped ? 0 : share
    })
    for (const { queued, event, endpoint } of taken) this.#take(queued, event, endpoint, takenAt)
    for (const endpoint of left) this.#line(endpoint).mayHaveMore = true
    if (left.length > 0) this.#refillSoon()
    return state
  }

  /** Sends what is due, as far as there is room; says whether anything is left. */
  async sendDue(): Promise<boolean> {
    await this.#claim(otherRoom)
    return isAnyDue(this.#options.db)
  }

  /** The endpoint was changed: what waits for it is sent as it is now; undefined: not at all. */
  async change(workspaceId: string, endpointId: string, endpoint: EndpointRow | undefined): Promise<void> {
    const key = `${workspaceId}/${endpointId}`
    const line = this.#lines.get(key)
    if (line === undefined) return
    if (endpoint !== undefined) line.endpoint = endpoint
    if (endpoint?.enabled) return
    this.#lines.delete(key)
    await release(
      this.#options.db,
      line.waiting.splice(0).map(({ queued }) => queued),
    )
  }

  /** Finishes what is under way, for two seconds at most, and gives the rest back. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#refill)
    for (const timer of this.#near.values()) clearTimeout(timer)
    await this.#claiming
    const waiting = [...this.#lines.values()].flatMap(line => line.waiting.splice(0).map(({ queued }) => queued))
    const patience = setTimeout(() => this.#cutOff.abort(), stopMs)
    await Promise.all(this.#sending)
    clearTimeout(patience)
    await this.#writer.close()
    try {
      if (waiting.length === 0) return
      await release(this.#options.db, waiting)
      await this.#options.wakes.wakeAfter(this.#options.db, 0)
    } catch (error) {
      // Others take them when the lease ends.
      this.#options.onError(error)
    }
  }

  get #room(): number {
    let waiting = 0
    for (const line of this.#lines.values()) waiting += line.waiting.length
    return Math.max(0, maxTaken - waiting)
  }

  // More results than can be written would be sent again after a crash.
  get #isFull(): boolean {
    return this.#active >= maxActive || this.#writer.backlog >= maxUnwritten
  }

  #line(endpoint: EndpointRow): EndpointLine {
    const key = `${endpoint.workspace_id}/${endpoint.id}`
    const known = this.#lines.get(key)
    if (known === undefined) {
      const line = new EndpointLine(endpoint)
      this.#lines.set(key, line)
      return line
    }
    if (known.endpoint.updated_at <= endpoint.updated_at) known.endpoint = endpoint
    return known
  }

  #take(queued: QueueRow, event: EventRow | undefined, endpoint: EndpointRow, takenAt: number): void {
    const line = this.#line(endpoint)
    line.waiting.push({ queued, event, leaseEndsAt: takenAt + leaseSeconds * 1_000 })
    this.#pump(line)
  }

  // Before anything is taken there is a job that looks after it, should this process not live to see the end.
  async #watch(): Promise<void> {
    const now = performance.now()
    if (now - this.#watchedAt < watchEveryMs) return
    await this.#options.wakes.wakeAfter(this.#options.db, leaseSeconds * 1_000 + watchEveryMs)
    this.#watchedAt = now
  }

  #pump(line: EndpointLine): void {
    while (line.canStart && !this.#isStopped) {
      if (this.#isFull) {
        this.#stalled.add(line)
        return
      }
      const taken = line.waiting.shift()
      if (taken !== undefined) this.#start(line, taken)
    }
    if (line.isRunningLow) this.#refillSoon()
  }

  #start(line: EndpointLine, taken: Taken): void {
    const { sending } = this.#options
    // It would overlap with the attempt of whoever takes it next.
    if (taken.leaseEndsAt - performance.now() < sending.timeoutMs + watchEveryMs) return
    line.active += 1
    this.#active += 1
    const going = this.#send(line, taken).finally(() => {
      this.#sending.delete(going)
      line.active -= 1
      this.#active -= 1
      this.#pump(line)
      this.#pumpStalled()
    })
    this.#sending.add(going)
  }

  #pumpStalled(): void {
    // Each once: one that stalls again is added again.
    for (const line of [...this.#stalled]) {
      if (this.#isFull) return
      this.#stalled.delete(line)
      this.#pump(line)
    }
  }

  async #send(line: EndpointLine, { queued, event }: Taken): Promise<void> {
    try {
      const trip =
        event === undefined
          ? failedTrip(Date.now(), 'the log no longer keeps the event')
          : await sendEvent(this.#options.sending, line.endpoint, event, this.#cutOff.signal)
      this.#paceOf(line, trip)
      this.#writer.add({
        queued,
        trip,
        wasFailing: line.endpoint.failing_since !== null,
        ...outcome(queued, event, trip),
      })
    } catch (error) {
      if (!(error instanceof CutOff)) throw error
      await release(this.#options.db, [queued]).catch(this.#options.onError)
    }
  }

  #paceOf(line: EndpointLine, { statusCode, error }: RoundTrip): void {
    if (error === undefined) line.speedUp()
    else if (statusCode === undefined || statusCode === 429 || statusCode >= 500) line.slowDown()
  }

  #written(results: readonly Result[]): void {
    for (const { queued, status, waitMs, trip } of results) {
      if (waitMs !== undefined && waitMs <= nearMs) this.#claimAfter(waitMs)
      const line = this.#lines.get(`${queued.workspace_id}/${queued.endpoint_id}`)
      if (line === undefined) continue
      if (queued.lane !== null && status !== 'pending') line.mayHaveMore = true
      const { endpoint } = line
      if (status === 'delivered') endpoint.failing_since = null
      else endpoint.failing_since ??= new Date(trip.startedAt).toISOString()
      if (trip.statusCode === 410) this.#options.onBroken(endpoint, 'gone')
      else if (status !== 'delivered') this.#options.onBroken(endpoint, 'failing')
      this.#pump(line)
    }
    this.#pumpStalled()
  }

  // graphile-worker would wake it too, up to a second or two later.
  #claimAfter(waitMs: number): void {
    const time = Math.ceil((Date.now() + waitMs) / 100) * 100
    if (this.#isStopped || this.#near.has(time)) return
    const timer = setTimeout(() => {
      this.#near.delete(time)
      this.#claim(otherRoom).catch(this.#options.onError)
    }, time - Date.now())
    this.#near.set(time, timer.unref())
  }

  #refillSoon(): void {
    if (this.#isStopped || this.#refill !== undefined) return
    this.#refill = setTimeout(() => {
      this.#refill = undefined
      this.#claim(0).catch(this.#options.onError)
    }, 2)
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

  async #claimNow(room: number): Promise<void> {
    const limit = this.#room
    if (this.#isStopped || limit === 0) return
    const wanting = [...this.#lines].filter(([, line]) => room > 0 || line.mayHaveMore)
    const rooms = wanting.map(([key, { endpoint, room }]) => ({
      key,
      workspaceId: endpoint.workspace_id,
      endpointId: endpoint.id,
      room,
    }))
    if (room === 0 && rooms.length === 0) return
    await this.#watch()
    // What is queued from here on sets it again.
    for (const [, line] of wanting) line.mayHaveMore = false
    const takenAt = performance.now()
    const { db } = this.#options
    const claimed = await claimDeliveries(db, { rooms, otherRoom: room, limit }).catch((error: unknown) => {
      for (const [, line] of wanting) line.mayHaveMore = true
      this.#claimAfter(failedRetryMs)
      throw error
    })
    const counts = Map.groupBy(claimed, ({ queued }) => `${queued.workspace_id}/${queued.endpoint_id}`)
    for (const { key, room } of rooms) {
      const line = this.#lines.get(key)
      const isCut = claimed.length >= limit || (counts.get(key)?.length ?? 0) >= room
      if (line !== undefined && isCut) line.mayHaveMore = true
    }
    for (const { queued, event, endpoint } of claimed) {
      if (endpoint?.enabled) this.#take(queued, event, endpoint, takenAt)
    }
  }
}
