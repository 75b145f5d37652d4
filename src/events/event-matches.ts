import { concernsContact, concernsProduct } from './event-concerns.ts'
import type { EventFilter, EventRow } from './event-store.ts'

/** Whether an event passes a filter, told from its row alone. */
export function matching(filter: EventFilter): (event: EventRow) => boolean {
  const { types, subject, liveMode, contactId, productId } = filter
  const wanted = types == null ? undefined : new Set<string>(types)
  return event =>
    (wanted === undefined || wanted.has(event.type)) &&
    (subject === undefined || (subject.id === event.subject_id && subject.type === event.subject_type)) &&
    (liveMode == null || liveMode === event.live_mode) &&
    (contactId == null || concernsContact(event, contactId)) &&
    (productId == null || concernsProduct(event, productId))
}
