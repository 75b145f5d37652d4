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
  #limit = firstLimit

  constructor(endpoint: EndpointRow) {
    this.endpoint = endpoint
  }

  /** Deliveries it can take up; what goes beyond waits in the database. A fast receiver gets through many in a lease. */
  get room(): number {
    return Math.max(0, this.#capacity - this.waiting.length)
  }

  /** Whether it is time to fetch more. */
  get isRunningLow(): boolean {
    return this.mayHaveMore && this.waiting.length * 2 < this.#capacity
  }

  get #capacity(): number {
    return Math.max(4, (this.#limit * this.#limit) >> 1)
  }

  get canStart(): boolean {
    return this.waiting.length > 0 && this.active < this.#limit
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
