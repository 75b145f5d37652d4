import { setTimeout as delay } from 'node:timers/promises'
import type { Reads } from '../database/reads.ts'
import type { EventFeed } from './event-feed.ts'
import { type EventRow, readEventsAfter, readLogBounds } from './event-store.ts'
import type { Halt } from './halt.ts'

/** The log no longer has all events after a follower's position: they are older than the retention. */
export class EventsExpired extends Error {
  override readonly name = 'EventsExpired'
  /** The sequence after which the log has everything. */
  readonly begin: string

  constructor(begin: string) {
    super(`the events after this place are no longer kept; the log begins after ${begin}`)
    this.begin = begin
  }
}

/** One step along the log. */
export interface LogStep {
  /** The events of the step that match, in order. */
  rows: readonly EventRow[]
  /** The sequence of the last event of the step, whether it matches or not. */
  position: number
  /** Nothing follows yet. */
  isCaughtUp: boolean
}

/** Where and how to follow a log. */
interface LogPlace {
  feed: EventFeed
  reads: Reads
  /** The sequence after which to begin. */
  after: number
  matches: (row: EventRow) => boolean
}

/**
 * A workspace's log from a place on, step by step, without end: out of the log until the live events are reached, then as
 * they happen. Where nothing follows yet it says so in a step of its own, and waits when it is asked again. It pulls: it
 * holds no more than one step. Ends when it is halted and when the feed ends. Throws {@link EventsExpired}, and an Error
 * when a sequence is missing.
 */
export async function* followLog(
  { feed, reads, after, matches }: LogPlace,
  halt: Halt,
): AsyncGenerator<LogStep, void, undefined> {
  let position = after
  let ahead: LogPage | undefined
  const live = feed.join(reads.workspaceId, halt.wake)
  const step = (found: readonly EventRow[]): LogStep => {
    const rows = consecutive(found, position)
    position += rows.length
    return { rows: rows.filter(matches), position, isCaughtUp: false }
  }
  try {
    while (!halt.isStopped && !live.isClosed) {
      const rows = live.after(position)
      if (rows === 'not yet') {
        const head = live.head
        if (head !== undefined) yield { rows: [], position, isCaughtUp: true }
        if (live.head === head && !live.isClosed) await halt.woken()
      } else if (rows === 'in the log') {
        if (ahead?.position !== position) ahead?.[Symbol.dispose]()
        using page = ahead?.position === position ? ahead : new LogPage(feed, reads, position, halt)
        const found = await halt.until(page.rows)
        if (found === undefined) return
        // While these are delivered the next ones are read, if they have to come from there too.
        const end = position + found.length
        ahead = live.after(end) === 'in the log' ? new LogPage(feed, reads, end, halt) : undefined
        yield step(found)
      } else yield step(rows)
    }
  } finally {
    ahead?.[Symbol.dispose]()
    feed.leave(live, halt.wake)
    halt.stop()
  }
}

/** A page of the log that is being read; disposing of it gives its room back. */
class LogPage implements Disposable {
  readonly position: number
  readonly rows: Promise<EventRow[]>
  readonly #feed: EventFeed
  readonly #limit: number
  #isDisposed = false

  constructor(feed: EventFeed, reads: Reads, position: number, halt: Halt) {
    this.#feed = feed
    this.#limit = feed.pages.take()
    this.position = position
    this.rows = readPage(reads, position, this.#limit, halt)
    // It may be that nobody waits for it any more.
    this.rows.catch(() => {})
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#feed.pages.release(this.#limit)
  }
}

// What precedes a gap is given before the gap is complained about.
function consecutive(rows: readonly EventRow[], position: number): readonly EventRow[] {
  const gap = rows.findIndex(({ sequence }, index) => Number(sequence) !== position + 1 + index)
  if (gap === -1) return rows
  if (gap > 0) return rows.slice(0, gap)
  const { workspace_id, sequence } = rows[0] ?? {}
  throw new Error(`the event log of workspace ${workspace_id} has a gap: ${position} is followed by ${sequence}`)
}

async function readPage(reads: Reads, position: number, limit: number, halt: Halt): Promise<EventRow[]> {
  const page = await readPatiently(() => readEventsAfter(reads, String(position), limit), halt)
  if (Number(page[0]?.sequence) === position + 1) return page
  const { begin, last } = await readPatiently(() => readLogBounds(reads), halt)
  if (Number(begin) > position) throw new EventsExpired(begin)
  if (page.length > 0) return page
  throw new Error(
    `the event log of workspace ${reads.workspaceId} has a gap: nothing follows ${position}, up to ${last}`,
  )
}

const tries = 10

// A database that goes away for some seconds ends no stream.
async function readPatiently<Result>(read: () => Promise<Result>, halt: Halt): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await read()
    } catch (error) {
      if (failures === tries || halt.isStopped) throw error
      await delay(Math.min(3_000, 50 * 2 ** failures), undefined, { ref: false })
    }
  }
}
