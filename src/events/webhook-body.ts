import type { EventRow } from './event-store.ts'

/**
 * The webhook body of an event as JSON text, ClickFunnels' V2 (domain 10.1). Everybody who shows an event to the outside
 * takes it from here. `data` stands in it as it was written.
 */
export function webhookBody(event: EventRow): string {
  const text = (value: string) => JSON.stringify(value)
  // Ids are written digit by digit: as numbers they would lose some beyond 2^53.
  return (
    `{"event_id":${text(event.event_id)},"event_type":${text(event.type)},` +
    `"subject_id":${event.subject_id},"subject_type":${text(event.subject_type)},"data":${event.data},` +
    `"created_at":${text(event.created_at)},"api_version":${event.api_version},"workspace_id":${event.workspace_id},` +
    `"page":null,"funnel":null}`
  )
}

const parsed = new WeakMap<EventRow, unknown>()

/** The webhook body as a JSON value, made once for all who get the same row. */
export function webhookPayload(event: EventRow): unknown {
  const known = parsed.get(event)
  if (known !== undefined) return known
  const payload: unknown = JSON.parse(webhookBody(event))
  parsed.set(event, payload)
  return payload
}
