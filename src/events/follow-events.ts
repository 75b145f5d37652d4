import { setTimeout as delay } from 'node:timers/promises'
import type { Reads } from '../database/reads.ts'
import type { EventFeed } from './event-feed.ts'
import { type EventRow, readEventsAfter, readLastSequence, readLogBounds } from './event-store.ts'
import { Halt } from './halt.ts'

/** Where and how to follow a log. */
export interface FollowOptions {
  /** The sequence of the last event that is known; undefined: from now on. */
  after: string | undefined
  /** Only events it says true to; it decides on the row alone, before anything is done with it. */
  matches?: ((row: EventRow) => boolean) | undefined
  /** Ends the stream. */
  signal?: AbortSignal | undefined
}

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

/**
 * Every event of a workspace from a place on, in order, each once: out of the log until the live events are reached, then
 * as they happen. It pulls: a follower that is not asked holds no more than a page of the log. Ends on `return`, on the
 * signal and when the feed ends, also while nothing happens. Throws {@link EventsExpired}, and an Error when a sequence
 * is missing.
 */
export function followEvents(
  feed: EventFeed,
  reads: Reads,
  { after, matches = () => true, signal }: FollowOptions,
): AsyncGenerator<EventRow, void, undefined> {
  const halt = new Halt(signal)
  const from = after === undefined ? readLastSequence(reads) : Promise.resolve(after)
  // It is awaited by the first `next`, which may never come.
  from.catch(() => {})
  const rows = follow(feed, reads, from, matches, halt)
  // A generator that waits takes a `return` only after the wait; halting ends the wait.
  const end = <Result>(finish: () => Result): Result => {
    halt.stop()
    return finish()
  }
  return {
    next: () => rows.next(),
    return: () => end(() => rows.return()),
    throw: error => end(() => rows.throw(error)),
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: () => end(() => rows[Symbol.asyncDispose]()),
  }
}

async function* follow(
  feed: EventFeed,
  reads: Reads,
  from: Promise<string>,
  matches: (row: EventRow) => boolean,
  halt: Halt,
): AsyncGenerator<EventRow, void, undefined> {
  let position = Number(await halt.until(from))
  const live = feed.join(reads.workspaceId, halt.wake)
  try {
    while (!halt.isStopped && !live.isClosed) {
      const next = live.next(position)
      if (next === 'not yet') await halt.woken()
      else if (next === 'in the log') {
        const limit = feed.pages.take()
        try {
          for (const row of (await halt.until(readPage(reads, position, limit, halt))) ?? []) {
            position = successor(position, row)
            if (matches(row)) yield row
          }
        } finally {
          feed.pages.release(limit)
        }
      } else {
        position = successor(position, next)
        if (matches(next)) yield next
      }
    }
  } finally {
    feed.leave(live, halt.wake)
    halt.stop()
  }
}

function successor(position: number, { workspace_id, sequence }: EventRow): number {
  if (Number(sequence) === position + 1) return position + 1
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
