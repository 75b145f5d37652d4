import type { EventRow } from './event-store.ts'

const maxRows = 512
const maxCharacters = 1024 * 1024

// A follower that is not asked for the next ones keeps these.
const maxTaken = 20

/** What a follower gets for its position: the next events, or where to look for them. */
type Next = readonly EventRow[] | 'in the log' | 'not yet'

/** The newest events of one workspace, read once for all its followers in this process. Older ones are in the log. */
export class LiveEvents {
  readonly workspaceId: string
  readonly #followers = new Set<() => void>()
  // The last events up to the head, without gaps.
  #rows: EventRow[] = []
  #characters = 0
  #readAt = 0
  #head: number | undefined
  #closed = false

  constructor(workspaceId: string) {
    this.workspaceId = workspaceId
  }

  /** The last sequence that was read here; undefined before the first look at the log. */
  get head(): number | undefined {
    return this.#head
  }

  /** Whether the feed has ended. */
  get isClosed(): boolean {
    return this.#closed
  }

  get followers(): number {
    return this.#followers.size
  }

  /** From now on `wake` is called when there is something new. */
  join(wake: () => void): void {
    this.#followers.add(wake)
  }

  leave(wake: () => void): void {
    this.#followers.delete(wake)
  }

  /** Some of what follows the event with this sequence. */
  after(position: number): Next {
    if (this.#head === undefined || position >= this.#head) return 'not yet'
    const index = this.#rows.length + position - this.#head
    return index < 0 ? 'in the log' : this.#rows.slice(index, index + maxTaken)
  }

  /** Adds events that were read, in order; false, and nothing is added, when they don't follow the head. */
  append(rows: readonly EventRow[]): boolean {
    const head = this.#head
    if (head === undefined || rows.some((row, index) => Number(row.sequence) !== head + 1 + index)) return false
    for (const row of rows) {
      this.#rows.push(row)
      this.#characters += row.data.length
    }
    let surplus = 0
    while (this.#rows.length - surplus > maxRows || this.#characters > maxCharacters) {
      this.#characters -= this.#rows[surplus]?.data.length ?? 0
      surplus += 1
    }
    if (surplus > 0) this.#rows.splice(0, surplus)
    this.#head = head + rows.length
    this.#readAt = performance.now()
    this.#wakeAll()
    return true
  }

  /** Goes on after this sequence; what lies before it is left to the log. */
  restart(head: number): void {
    this.#forget()
    this.#head = head
    this.#wakeAll()
  }

  /** Lets go of events that were read longer ago: whoever has not taken them by then reads the log. */
  forgetOlderThan(milliseconds: number): void {
    if (this.#rows.length > 0 && performance.now() - this.#readAt > milliseconds) this.#forget()
  }

  /** Ends all followers. */
  close(): void {
    this.#closed = true
    this.#forget()
    this.#wakeAll()
  }

  #forget(): void {
    this.#rows = []
    this.#characters = 0
  }

  #wakeAll(): void {
    for (const wake of this.#followers) wake()
  }
}
