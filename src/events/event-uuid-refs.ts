import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Context } from '../graphql/context.ts'
import { type EventRow, loadEventsByUuid } from './event-store.ts'

const loader = createContextCache(
  (context: Context) =>
    new DataLoader<string, EventRow | null>(async eventIds => {
      const byUuid = new Map((await loadEventsByUuid(context.reads, eventIds)).map(event => [event.event_id, event]))
      return eventIds.map(eventId => byUuid.get(eventId) ?? null)
    }),
)

/** The event with this UUID; null when it is no longer kept. */
export function eventByUuid(context: Context, eventId: string): Promise<EventRow | null> {
  return loader(context).load(eventId)
}
