import {
  type Insertable,
  type OperationNodeSource,
  type QueryCreator,
  type RawBuilder,
  type Selectable,
  sql,
  type Transaction,
} from 'kysely'
import { listTable } from '../database/listed-table.ts'
import { rowsById } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, Orders } from '../database/tables.ts'
import { rowByExternalId, rowByNumber } from './named-rows.ts'

export type OrderRow = Selectable<Orders>

/** The columns of an order, listed: a named `select *` would fail for ever after a new column. */
export const orderColumns = [
  'workspace_id',
  'id',
  'public_id',
  'number',
  'version',
  'contact_id',
  'live_mode',
  'order_type',
  'payment_processor',
  'service_status',
  'billing_status',
  'total_amount',
  'currency',
  'origination_channel_type',
  'origination_channel_id',
  'origination_channel_name',
  'shipping_address_first_name',
  'shipping_address_last_name',
  'shipping_address_organization_name',
  'shipping_address_phone_number',
  'shipping_address_street_one',
  'shipping_address_street_two',
  'shipping_address_city',
  'shipping_address_region',
  'shipping_address_country',
  'shipping_address_postal_code',
  'billing_address_street_one',
  'billing_address_street_two',
  'billing_address_city',
  'billing_address_region',
  'billing_address_country',
  'billing_address_postal_code',
  'phone_number',
  'notes',
  'in_trial',
  'trial_end_at',
  'activated_at',
  'next_charge_at',
  'renewal_at',
  'paid_until',
  'canceled_at',
  'canceled_by',
  'cancel_reason',
  'cancel_description',
  'churned_at',
  'recurring_invoices_paid_count',
  'external_id',
  'created_at',
  'updated_at',
] as const

/** Orders as a list. */
export const listedOrders = listTable<OrderRow>('orders', orderColumns)

const ordersById = rowsById(listedOrders)

const orderByNumber = rowByNumber(listedOrders)
const orderByExternalId = rowByExternalId(listedOrders)

/** The orders with these ids that the workspace has, in any order. */
export function loadOrders(reads: Reads, ids: readonly string[]): Promise<OrderRow[]> {
  return reads.all(ordersById, { ids })
}

/** The order with this number (digits alone); undefined when there is none. */
export async function findOrderByNumber(reads: Reads, number: string): Promise<OrderRow | undefined> {
  const [order] = await reads.all(orderByNumber, { number })
  return order
}

/** The external order with this external id; undefined when there is none. */
export async function findOrderByExternalId(reads: Reads, externalId: string): Promise<OrderRow | undefined> {
  const [order] = await reads.all(orderByExternalId, { externalId })
  return order
}

/** How a mutation's input names an order. */
export type OrderReference = { id: string } | { externalId: string } | { number: string }

function isOrder(reference: OrderReference): RawBuilder<boolean> {
  if ('id' in reference) return sql`id = ${reference.id}`
  if ('number' in reference) return sql`number = ${reference.number}`
  return sql`payment_processor = 'external' and external_id = ${reference.externalId}`
}

/** Locks an order for writing to the end of the transaction; undefined when the workspace has none. */
export function lockOrder(
  trx: Transaction<DB>,
  workspaceId: string,
  reference: OrderReference,
): Promise<OrderRow | undefined> {
  return trx
    .selectFrom('orders')
    .select(orderColumns)
    .where('workspace_id', '=', workspaceId)
    .where(isOrder(reference))
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Writes a new order, whose number comes later under the counter lock, and returns it. */
export function insertOrder(trx: Transaction<DB>, order: Insertable<Orders>): Promise<OrderRow> {
  return trx.insertInto('orders').values(order).returning(orderColumns).executeTakeFirstOrThrow()
}

/** Gives a new order its number. */
export function writeOrderNumber(
  db: QueryCreator<DB>,
  order: { workspace_id: string; id: string },
  number: string,
): OperationNodeSource {
  return db
    .updateTable('orders')
    .set({ number })
    .where('workspace_id', '=', order.workspace_id)
    .where('id', '=', order.id)
}

/** Writes columns of a locked order, raises its version and returns it. */
export function writeOrder(
  trx: Transaction<DB>,
  order: { workspace_id: string; id: string },
  columns: Partial<Omit<OrderRow, 'workspace_id' | 'id' | 'version'>>,
): Promise<OrderRow> {
  return trx
    .updateTable('orders')
    .set(eb => ({ ...columns, version: eb('version', '+', 1), updated_at: sql<string>`clock_timestamp()` }))
    .where('workspace_id', '=', order.workspace_id)
    .where('id', '=', order.id)
    .returning(orderColumns)
    .executeTakeFirstOrThrow()
}

/** The id of the external order that has this external id; undefined when it is free. */
export async function holderOfExternalId(
  trx: Transaction<DB>,
  workspaceId: string,
  externalId: string,
): Promise<string | undefined> {
  const row = await trx
    .selectFrom('orders')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('payment_processor', '=', 'external')
    .where('external_id', '=', externalId)
    .executeTakeFirst()
  return row?.id
}
