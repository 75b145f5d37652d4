import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { EventRow } from '../events/event-store.ts'
import { type EndpointRow, endpointsOf } from './endpoint-store.ts'
import { claimDue, eventsOf, type QueueRow } from './queue-store.ts'

/** Takes deliveries that are due, as {@link claimDue} does, with what they send and where; the event is undefined when it expired. */
export async function claimDeliveries(
  db: Kysely<DB>,
  claim: Parameters<typeof claimDue>[1],
): Promise<{ queued: QueueRow; event: EventRow | undefined; endpoint: EndpointRow | undefined }[]> {
  const claimed = await claimDue(db, claim)
  if (claimed.length === 0) return []
  const firsts = [...new Map(claimed.map(row => [`${row.workspace_id}/${row.endpoint_id}`, row])).values()]
  const [events, endpoints] = await Promise.all([
    eventsOf(db, claimed),
    endpointsOf(
      db,
      firsts.map(row => row.workspace_id),
      firsts.map(row => row.endpoint_id),
    ),
  ])
  const eventBySequence = new Map(events.map(event => [`${event.workspace_id}/${event.sequence}`, event]))
  const endpointById = new Map(endpoints.map(endpoint => [`${endpoint.workspace_id}/${endpoint.id}`, endpoint]))
  return claimed.map(queued => ({
    queued,
    event: eventBySequence.get(`${queued.workspace_id}/${queued.event_sequence}`),
    endpoint: endpointById.get(`${queued.workspace_id}/${queued.endpoint_id}`),
  }))
}
