import type { Insertable, Selectable, Transaction } from 'kysely'
import { listTable } from '../database/listed-table.ts'
import { rowsById, rowsByParent } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, OrderLineItems } from '../database/tables.ts'

export type LineItemRow = Selectable<OrderLineItems>

/** The columns of an order's line item. */
export const lineItemColumns = [
  'workspace_id',
  'id',
  'public_id',
  'order_id',
  'position',
  'quantity',
  'amount',
  'product_id',
  'variant_id',
  'price_id',
  'created_at',
  'updated_at',
] as const

const listedLineItems = listTable<LineItemRow>('order_line_items', lineItemColumns, ['order_id'])
const lineItemsByOrder = rowsByParent(listedLineItems, 'order_id', 'position')

const lineItemsById = rowsById(listedLineItems)

/** The line items of these orders, each order's in its own order. */
export function loadLineItemsOf(reads: Reads, orderIds: readonly string[]): Promise<LineItemRow[]> {
  return reads.all(lineItemsByOrder, { parents: orderIds })
}

/** The line items with these ids that the workspace has, in any order. */
export function loadLineItems(reads: Reads, ids: readonly string[]): Promise<LineItemRow[]> {
  return reads.all(lineItemsById, { ids })
}

/** The line items of one order, inside a transaction. */
export function lineItemsOf(trx: Transaction<DB>, workspaceId: string, orderId: string): Promise<LineItemRow[]> {
  return trx
    .selectFrom('order_line_items')
    .select(lineItemColumns)
    .where('workspace_id', '=', workspaceId)
    .where('order_id', '=', orderId)
    .orderBy('position')
    .execute()
}

/** Writes the lines of a new order and returns them in their order. */
export async function insertLineItems(
  trx: Transaction<DB>,
  lines: readonly Insertable<OrderLineItems>[],
): Promise<LineItemRow[]> {
  const rows = await trx.insertInto('order_line_items').values(lines).returning(lineItemColumns).execute()
  return rows.toSorted((a, b) => a.position - b.position)
}
