import type { EventRow } from '../events/event-store.ts'
import type { EndpointRow } from './endpoint-store.ts'
import type { FairShare } from './fair-share.ts'
import type { QueueRow } from './queue-store.ts'

/** A delivery that this process has taken. */
export interface Taken {
  queued: QueueRow
  /** Undefined when the log no longer keeps it. */
  event: EventRow | undefined
  /** By `performance.now()`: after that others may have taken it. */
  leaseEndsAt: number
}

/** What all lines of a process share. */
export interface LineShares {
  /** Requests under way. */
  slots: FairShare
  /** Deliveries in memory that wait for their turn. */
  room: FairShare
}

const firstLimit = 4
const maxLimit = 32

/** What one endpoint has to be sent by this process, and how much of it at once: more while it goes well, less when it does not. */
export class EndpointLine {
  endpoint: EndpointRow
  /** Whether the database may have more that is due. */
  mayHaveMore = false
  /** Until when the receiver wants nothing, in Unix milliseconds. */
  heldUntil: number
  readonly #shares: LineShares
  #waiting: Taken[] = []
  #reserved = 0
  #active = 0
  #limit = firstLimit

  constructor(endpoint: EndpointRow, shares: LineShares) {
    this.endpoint = endpoint
    this.heldUntil = heldUntilOf(endpoint)
    this.#shares = shares
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

  /** Holds as much room as it may have for deliveries that are about to be taken; what goes beyond waits in the database. */
  reserve(): number {
    const room = this.isHeld ? 0 : Math.max(0, this.#mostWaiting - this.#held)
    this.#hold(() => {
      this.#reserved += room
    })
    return room
  }

  /** Gives back room that was reserved. */
  unreserve(room: number): void {
    this.#hold(() => {
      this.#reserved -= room
    })
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  put(taken: Taken): void {
    this.#hold(() => this.#waiting.push(taken))
  }

  /** Takes out the one whose turn it is. */
  next(): Taken | undefined {
    return this.#hold(() => this.#waiting.shift())
  }

  /** Takes out all that wait. */
  clear(): Taken[] {
    return this.#hold(() => this.#waiting.splice(0))
  }

  /** Whether something waits that the endpoint itself could be sent now. */
  get wantsToStart(): boolean {
    return this.isWaiting && !this.isHeld && this.#active < this.#limit
  }

  /** Whether the others leave it a slot. */
  get mayStart(): boolean {
    return this.#active < this.#shares.slots.most(this.#active)
  }

  started(): void {
    this.#shares.slots.moved(this.#active, this.#active + 1)
    this.#active += 1
  }

  finished(): void {
    this.#shares.slots.moved(this.#active, this.#active - 1)
    this.#active -= 1
  }

  /** Whether it is time to fetch more. */
  get isRunningLow(): boolean {
    return this.mayHaveMore && !this.isHeld && this.#held * 2 < this.#mostWaiting
  }

  /** Something was taken by the receiver. */
  speedUp(): void {
    this.#limit = Math.min(maxLimit, this.#limit + 1)
  }

  /** Something was taken, but slowly: what it got while it was fast is for others. */
  ease(): void {
    this.#limit = Math.max(Math.min(firstLimit, this.#limit), this.#limit - 1)
  }

  /** The receiver was not there, or asked for less: whoever waits for it must not hold up the others. */
  slowDown(): void {
    this.#limit = Math.max(1, this.#limit >> 1)
  }

  // A fast receiver gets through many in a lease.
  get #mostWaiting(): number {
    return Math.min(Math.max(4, (this.#limit * this.#limit) >> 1), this.#shares.room.most(this.#held))
  }

  get #held(): number {
    return this.#waiting.length + this.#reserved
  }

  #hold<Result>(change: () => Result): Result {
    const before = this.#held
    const result = change()
    this.#shares.room.moved(before, this.#held)
    return result
  }
}

function heldUntilOf({ held_until }: EndpointRow): number {
  return held_until === null ? 0 : Date.parse(held_until)
}
