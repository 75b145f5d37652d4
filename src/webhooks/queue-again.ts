import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { DeliveryRow } from './delivery-store.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { type DraftEvent, laneOf } from './queue-store.ts'

/**
 * Queues a delivery once more. One that waits is due now; one that is under way is left to whoever has it, and is due again when
 * that fails; in an ordered endpoint it waits for the one of its subject whose turn it is. The endpoint has to be locked.
 */
export async function queueAgain(
  trx: Kysely<DB>,
  {
    delivery,
    endpoint,
    event,
  }: {
    delivery: Pick<DeliveryRow, 'id' | 'created_at' | 'event_sequence'>
    endpoint: EndpointRow
    event: Pick<DraftEvent, 'created_at' | 'subject_type' | 'subject_id'>
  },
): Promise<void> {
  const { workspace_id } = endpoint
  const { numUpdatedRows } = await trx
    .updateTable('webhook_queue')
    .set({
      failures: 0,
      queued_at: sql<string>`clock_timestamp()`,
      due_at: sql<string>`case when leased or due_at is null then due_at else now() end`,
    })
    .where('workspace_id', '=', workspace_id)
    .where('delivery_id', '=', delivery.id)
    .executeTakeFirstOrThrow()
  const { attempts } = await trx
    .updateTable('webhook_deliveries')
    .set({ status: 'pending', next_attempt_at: sql<string>`now()`, finished_at: null })
    .where('workspace_id', '=', workspace_id)
    .where('id', '=', delivery.id)
    .where('created_at', '=', delivery.created_at)
    .returning('attempts')
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) return
  const lane = laneOf({ endpoint, event })
  await trx
    .insertInto('webhook_queue')
    .values({
      workspace_id,
      delivery_id: delivery.id,
      delivery_created_at: delivery.created_at,
      endpoint_id: endpoint.id,
      event_sequence: delivery.event_sequence,
      event_created_at: event.created_at,
      lane,
      attempts,
      queued_at: sql<string>`clock_timestamp()`,
      due_at: sql<string>`case when not exists (
        select from webhook_queue q
        where q.workspace_id = ${workspace_id} and q.endpoint_id = ${endpoint.id} and q.lane = ${lane}) then now() end`,
    })
    .execute()
}
