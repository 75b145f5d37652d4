import type { Reads } from '../../src/database/reads.ts'
import type { EventFeed } from '../../src/events/event-feed.ts'
import { type EventRow, readLastSequence } from '../../src/events/event-store.ts'
import { followLog } from '../../src/events/follow-log.ts'
import { Halt } from '../../src/events/halt.ts'
import { haltable } from '../../src/events/haltable.ts'

/** Where and how to follow a log. */
export interface FollowOptions {
  /** The sequence of the last event that is known; undefined: from now on. */
  after: string | undefined
  /** Only events it says true to; it decides on the row alone, before anything is done with it. */
  matches?: ((row: EventRow) => boolean) | undefined
  /** Ends the stream. */
  signal?: AbortSignal | undefined
}

/**
 * Every event of a workspace from a place on, in order, each once: {@link followLog}, event by event. Ends on `return`, on
 * the signal and when the feed ends, also while nothing happens.
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
  const events = async function* () {
    const place = { feed, reads, after: Number(await halt.until(from)), matches }
    for await (const { rows } of followLog(place, halt)) yield* rows
  }
  return haltable(events(), halt)
}
