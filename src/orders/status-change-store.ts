import { type OperationNodeSource, type QueryCreator, type Selectable, sql, type Transaction } from 'kysely'
import { listTable } from '../database/listed-table.ts'
import type { DB, OrderStatusChanges } from '../database/tables.ts'
import type { Actor } from '../shared/actor.ts'
import type { ServiceStatus } from './order.ts'

export type OrderStatusChangeRow = Selectable<OrderStatusChanges>

const columns = [
  'workspace_id',
  'id',
  'order_id',
  'from_status',
  'to_status',
  'changed_at',
  'actor_type',
  'actor_id',
  'actor_name',
  'event_id',
] as const

/** The service statuses of orders as lists. */
export const listedOrderStatusChanges = listTable<OrderStatusChangeRow>('order_status_changes', columns)

/** Notes that an order went from one service status (null: it was created) to another, with the event that says so. */
export function noteOrderStatusChange(
  db: QueryCreator<DB>,
  actor: Actor,
  orderId: string,
  change: { from: ServiceStatus | null; to: ServiceStatus; eventId: string },
): OperationNodeSource {
  return db.insertInto('order_status_changes').values({
    workspace_id: actor.workspace.id,
    order_id: orderId,
    from_status: change.from,
    to_status: change.to,
    changed_at: sql<string>`clock_timestamp()`,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_name: actor.name,
    event_id: change.eventId,
  })
}

/** Whether an order was ever active: its next activation is a reactivation. */
export async function wasActive(trx: Transaction<DB>, workspaceId: string, orderId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('order_status_changes')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('order_id', '=', orderId)
    .where('to_status', '=', 'active')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
