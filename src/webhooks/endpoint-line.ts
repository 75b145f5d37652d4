import type { EventRow } from '../events/event-store.ts'
import type { EndpointRow } from './endpoint-store.ts'
import type { QueueRow } from './queue-store.ts'

/** A delivery that this process has taken. */
export interface Taken {
  queued: QueueRow
  /** Undefined when the log no longer keeps it. */
  event: EventRow | undefined
  /** By `performance.now()`: after that others may have taken it. */
  leaseEndsAt: number
}

const firstLimit = 4
const maxLimit = 32

/** What one endpoint has to be sent by this process, and how much of it at once: more while it goes well, less when it does not. */
export class EndpointLine {
  endpoint: EndpointRow
  readonly waiting: Taken[] = []
  active = 0
  /** Whether the database may have more that is due. */
  mayHaveMore = false
  /** Until when the receiver wants nothing, in Unix milliseconds. */
  heldUntil: number
  #limit = firstLimit

  constructor(endpoint: EndpointRow) {
    this.endpoint = endpoint
    this.heldUntil = heldUntilOf(endpoint)
  }

  /** Takes over what the database says of the endpoint. */
  update(endpoint: EndpointRow): void {
    // What was asked for a moment ago need not be in the database yet, unless somebody has changed the endpoint since.
    const isChanged = endpoint.updated_at > this.endpoint.updated_at
    this.heldUntil = Math.max(isChanged ? 0 : this.heldUntil, heldUntilOf(endpoint))
    this.endpoint = endpoint
  }

  /** Whether the receiver wants nothing now. */
  get isHeld(): boolean {
    return Date.now() < this.heldUntil
  }

  /** Deliveries it can take up; what goes beyond waits in the database. A fast receiver gets through many in a lease. */
  get room(): number {
    return this.isHeld ? 0 : Math.max(0, this.#capacity - this.waiting.length)
  }

  /** Whether it is time to fetch more. */
  get isRunningLow(): boolean {
    return this.mayHaveMore && !this.isHeld && this.waiting.length * 2 < this.#capacity
  }

  get #capacity(): number {
    return Math.max(4, (this.#limit * this.#limit) >> 1)
  }

  get canStart(): boolean {
    return this.waiting.length > 0 && !this.isHeld && this.active < this.#limit
  }

  /** Something was taken by the receiver. */
  speedUp(): void {
    this.#limit = Math.min(maxLimit, this.#limit + 1)
  }

  /** The receiver was not there, or asked for less: whoever waits for it must not hold up the others. */
  slowDown(): void {
    this.#limit = Math.max(1, this.#limit >> 1)
  }
}

function heldUntilOf({ held_until }: EndpointRow): number {
  return held_until === null ? 0 : Date.parse(held_until)
}
