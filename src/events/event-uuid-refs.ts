import type { Context } from '../graphql/context.ts'
import { loader } from '../graphql/loader.ts'
import { type EventRow, loadEventsByUuid } from './event-store.ts'

const events = loader<EventRow | null>(async (context, eventIds) => {
  const byUuid = new Map((await loadEventsByUuid(context.reads, eventIds)).map(event => [event.event_id, event]))
  return eventId => byUuid.get(eventId) ?? null
})

/** The event with this UUID; null when it is no longer kept. */
export function eventByUuid(context: Context, eventId: string): Promise<EventRow | null> {
  return events(context).load(eventId)
}
