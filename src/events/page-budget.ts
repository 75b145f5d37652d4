const allRows = 10_000
const largest = 500
const smallest = 20

/** Bounds what all followers that read the log hold of it at once: the more they are, the smaller their pages. */
export class PageBudget {
  #pages = 0

  /** Takes a page; returns how many rows it may have. Give it back with {@link release}. */
  take(): number {
    this.#pages += 1
    return Math.max(smallest, Math.min(largest, Math.floor(allRows / this.#pages)))
  }

  release(): void {
    this.#pages -= 1
  }
}
