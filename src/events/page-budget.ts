const allRows = 10_000
const largest = 500
const smallest = 20

/** Bounds what all followers that read the log hold of it at once: the more they hold, the smaller the next pages are. */
export class PageBudget {
  #held = 0

  /** Takes room for a page; returns how many rows it may have. Give them back with {@link release}. */
  take(): number {
    const rows = Math.max(smallest, Math.min(largest, Math.floor((allRows - this.#held) / 10)))
    this.#held += rows
    return rows
  }

  release(rows: number): void {
    this.#held -= rows
  }
}
