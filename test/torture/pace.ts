import { setTimeout as delay } from 'node:timers/promises'

// What was missed while the database was away is not made up for in one go.
const burstSeconds = 0.5

/** Lets so many events a second be written, all writers together. */
export class Pace {
  readonly #perSecond: number
  #nextAt = performance.now()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Counts so many as written, and waits until more may be. */
  async take(events: number): Promise<void> {
    const now = performance.now()
    const at = Math.max(this.#nextAt, now - burstSeconds * 1_000)
    this.#nextAt = at + (events / this.#perSecond) * 1_000
    if (at > now) await delay(at - now)
  }
}
