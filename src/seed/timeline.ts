import { seededFraction } from './random.ts'
import { purposes } from './seed-workspace.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

const busiest = 0.2

/** When things happen in one workspace. All times are Unix milliseconds. */
export class Timeline {
  /** When the first order comes in. */
  readonly start: number
  /** Nothing happens from here on. */
  readonly end: number
  /** How long a day of an order's life takes: less where a year's orders are pressed into fewer days. */
  readonly lifeDay: number
  readonly #days: number
  readonly #orders: number
  readonly #key: readonly number[]

  constructor(plan: { end: number; days: number; orders: number; key: readonly number[] }) {
    this.end = plan.end
    this.start = plan.end - plan.days * day
    this.lifeDay = day * Math.min(1, plan.days / 365)
    this.#days = plan.days
    this.#orders = plan.orders
    this.#key = plan.key
  }

  /** When order `index` comes in: never before the one before. Business grows, and evenings are busy. */
  orderAt(index: number): number {
    const even = (index + seededFraction([...this.#key, purposes.orderTime, index])) / this.#orders
    const days = even ** 0.75 * this.#days
    const today = Math.floor(days)
    return Math.floor(this.start + (today + busyTime(days - today)) * day)
  }

  /** When contact `number`, whose first order is `orderIndex`, comes in: a little before it. */
  contactAt(orderIndex: number): number {
    const before = orderIndex === 0 ? this.start : this.orderAt(orderIndex - 1)
    return Math.max(before, this.orderAt(orderIndex) - 40_000)
  }
}

// From even shares of a day to shares that crowd in the evening (UTC).
function busyTime(share: number): number {
  const turn = 2 * Math.PI
  return share + (0.6 / turn) * (Math.sin(turn * (share - busiest)) + Math.sin(turn * busiest))
}
