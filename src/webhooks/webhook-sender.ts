import { setTimeout as delay } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { RoundTrip } from './delivery.ts'
import { type Claimed, DeliveryClaims } from './delivery-claims.ts'
import { outcome } from './delivery-outcome.ts'
import type { EndpointLine, Taken } from './endpoint-line.ts'
import { EndpointLines } from './endpoint-lines.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { fanOut } from './fan-out.ts'
import { LineRefresh } from './line-refresh.ts'
import { CutOff } from './post.ts'
import { isAnyDue, leaseSeconds, release } from './queue-store.ts'
import type { Result } from './result-store.ts'
import { ResultWriter } from './result-writer.ts'
import { failedTrip, type Sending, sendEvent } from './send-event.ts'
import type { Wakes } from './wakes.ts'

const maxUnwritten = 1_000
// Before a lease ends there must be time to write how it went.
const writeMs = 5_000
const nearMs = 60_000
const slowMs = 2_000
const stopMs = 2_000
const maxBackoffMs = 5_000

interface SenderOptions {
  db: Kysely<DB>
  wakes: Wakes
  sending: Sending
  /** An endpoint answered 410. Resolves when it is disabled. */
  onGone: (endpoint: EndpointRow) => Promise<void>
  /** An endpoint may have failed for long enough to be disabled. */
  onFailing: (endpoint: EndpointRow) => void
  onError: (error: unknown) => void
}

/**
 * Sends deliveries: those of the log as soon as they are made, those that are tried again when they are due. Each endpoint has a
 * line of its own, so a slow one holds up nobody else; what does not fit into memory waits in the database.
 */
export class WebhookSender {
  readonly #options: SenderOptions
  readonly #lines = new EndpointLines()
  readonly #claims: DeliveryClaims
  readonly #refresh: LineRefresh
  // Lines that wait for a slot, the next one first.
  readonly #stalled = new Set<EndpointLine>()
  readonly #writer: ResultWriter
  readonly #cutOff = new AbortController()
  readonly #sending = new Set<Promise<void>>()
  #isStopped = false

  constructor(options: SenderOptions) {
    this.#options = options
    const { db, wakes, onError } = options
    this.#claims = new DeliveryClaims({ db, wakes, lines: this.#lines, take: claimed => this.#take(claimed), onError })
    this.#refresh = new LineRefresh({
      db,
      lines: this.#lines,
      changed: ({ endpoint: { workspace_id, id } }, endpoint) => this.change(workspace_id, id, endpoint),
      onError,
    })
    this.#writer = new ResultWriter(db, wakes, results => this.#written(results), onError)
  }

  /** Takes a step through the log of a workspace. */
  async step(workspaceId: string): Promise<'busy' | 'end' | 'more'> {
    await this.#claims.watch()
    const takenAt = performance.now()
    const reserved: { line: EndpointLine; room: number }[] = []
    const { state, taken, left } = await fanOut(this.#options.db, workspaceId, endpoint => {
      if (this.#isStopped) return 0
      const line = this.#lines.of(endpoint)
      const room = line.reserve()
      reserved.push({ line, room })
      return room
    }).finally(() => {
      for (const { line, room } of reserved) line.unreserve(room)
    })
    for (const one of taken) this.#take({ ...one, takenAt })
    for (const endpoint of left) this.#lines.of(endpoint).mayHaveMore = true
    if (left.length > 0) this.#claims.refillSoon()
    return state
  }

  /** Sends what is due, as far as there is room; says whether anything is left. */
  async sendDue(): Promise<boolean> {
    await this.#claims.claim()
    return isAnyDue(this.#options.db)
  }

  /** The endpoint was changed: what waits for it is sent as it is now; undefined: not at all. */
  async change(workspaceId: string, endpointId: string, endpoint: EndpointRow | undefined): Promise<void> {
    const line = this.#lines.find(workspaceId, endpointId)
    if (line === undefined) return
    if (endpoint !== undefined) line.update(endpoint)
    if (endpoint?.enabled) return this.#claims.claimAfter(0)
    this.#lines.remove(line)
    await this.#giveBack(line)
  }

  #giveBack(line: EndpointLine): Promise<void> {
    return release(
      this.#options.db,
      line.clear().map(({ queued }) => queued),
    )
  }

  /** Finishes what is under way, for two seconds at most, and gives the rest back. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all([this.#claims.stop(), this.#refresh.stop()])
    const waiting = this.#lines.all().flatMap(line => line.clear().map(({ queued }) => queued))
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

  #take({ queued, event, endpoint, takenAt }: Claimed): void {
    const line = this.#lines.of(endpoint)
    line.put({ queued, event, leaseEndsAt: takenAt + leaseSeconds * 1_000 })
    this.#pump(line)
  }

  #pump(line: EndpointLine): void {
    while (line.wantsToStart && !this.#isStopped) {
      if (this.#isFull || !line.mayStart) {
        this.#stalled.add(line)
        break
      }
      const taken = line.next()
      if (taken !== undefined) this.#start(line, taken)
    }
    if (line.isRunningLow) this.#claims.refillSoon()
  }

  // More results than can be written would be sent again after a crash.
  get #isFull(): boolean {
    return this.#writer.backlog >= maxUnwritten
  }

  #start(line: EndpointLine, taken: Taken): void {
    const { sending } = this.#options
    // It would overlap with the attempt of whoever takes it next.
    if (taken.leaseEndsAt - performance.now() < sending.timeoutMs + writeMs) return
    line.started()
    const going = this.#send(line, taken).finally(() => {
      this.#sending.delete(going)
      line.finished()
      // Behind those that waited for a slot.
      this.#stalled.delete(line)
      this.#stalled.add(line)
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
    const { endpoint } = line
    try {
      const trip =
        event === undefined
          ? failedTrip(Date.now(), 'the log no longer keeps the event')
          : await sendEvent(this.#options.sending, endpoint, event, this.#cutOff.signal)
      // Before the delivery is given up: of a process that dies in between the next one hears the same.
      if (trip.statusCode === 410) await this.#disableGone(endpoint)
      this.#paceOf(line, trip)
      const result = outcome(queued, event, trip)
      if (result.holdMs !== undefined) line.heldUntil = Math.max(line.heldUntil, Date.now() + result.holdMs)
      this.#writer.add({ queued, trip, ...result })
    } catch (error) {
      // Of anything unexpected it is not known whether it would happen again at once: the lease says when.
      if (!(error instanceof CutOff) && !this.#isStopped) return this.#options.onError(error)
      await release(this.#options.db, [queued]).catch(this.#options.onError)
    }
  }

  // Again and again, as results are written, as long as the database is away.
  async #disableGone(endpoint: EndpointRow): Promise<void> {
    const { signal } = this.#cutOff
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.#options.onGone(endpoint)
      } catch (error) {
        if (this.#isStopped) throw error
        this.#options.onError(error)
        await delay(Math.min(maxBackoffMs, 100 * 2 ** failures), undefined, { signal }).catch(() => {})
      }
    }
  }

  #paceOf(line: EndpointLine, { statusCode, error, durationMs }: RoundTrip): void {
    if (error === undefined && durationMs < slowMs) line.speedUp()
    else if (error === undefined) line.ease()
    else if (statusCode === undefined || statusCode === 429 || statusCode >= 500) line.slowDown()
  }

  #written(results: readonly Result[]): void {
    for (const { queued, status, waitMs, holdMs, trip } of results) {
      if (waitMs !== undefined && waitMs <= nearMs) this.#claims.claimAfter(waitMs)
      if (holdMs !== undefined && holdMs <= nearMs) this.#claims.claimAfter(holdMs)
      const line = this.#lines.find(queued.workspace_id, queued.endpoint_id)
      if (line === undefined) continue
      if (queued.lane !== null && status !== 'pending') line.mayHaveMore = true
      // Others than this process have to wait too by now; a lease would not last as long.
      if (holdMs !== undefined) this.#giveBack(line).catch(this.#options.onError)
      const { endpoint } = line
      // A hint for whom to look at: what the database has noted decides, under the endpoint's lock.
      if (status === 'delivered') endpoint.failing_since = null
      else endpoint.failing_since ??= new Date(trip.startedAt).toISOString()
      if (status !== 'delivered' && trip.statusCode !== 410) this.#options.onFailing(endpoint)
      this.#pump(line)
    }
    this.#pumpStalled()
  }
}
