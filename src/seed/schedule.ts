interface Due {
  at: number
  run(): void
}

/** What is still to happen, soonest first: a binary heap. */
export class Schedule {
  readonly #heap: Due[] = []

  /** Has `run` called at that time (Unix milliseconds). */
  add(at: number, run: () => void): void {
    const heap = this.#heap
    const due = { at, run }
    let index = heap.length
    heap.push(due)
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = heap[parentIndex]
      if (parent === undefined || parent.at <= at) break
      heap[index] = parent
      index = parentIndex
    }
    heap[index] = due
  }

  /** Runs everything that is due by that time, in the order of time; what it schedules too. */
  runUntil(time: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= time; first = this.#heap[0]) {
      this.#removeFirst()
      first.run()
    }
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      if (left === undefined) break
      const isRight = right !== undefined && right.at < left.at
      const child = isRight ? right : left
      if (child.at >= last.at) break
      heap[index] = child
      index = 2 * index + (isRight ? 2 : 1)
    }
    heap[index] = last
  }
}
