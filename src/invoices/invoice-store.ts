import {
  type Insertable,
  type OperationNodeSource,
  type QueryCreator,
  type RawBuilder,
  type Selectable,
  sql,
  type Transaction,
} from 'kysely'
import type { Condition } from '../database/conditions.ts'
import { listTable } from '../database/listed-table.ts'
import { rowsById } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import { rowStatement } from '../database/row-statement.ts'
import type { DB, Invoices } from '../database/tables.ts'
import { rowByExternalId, rowByNumber } from '../orders/named-rows.ts'
import type { InvoiceStatus } from './invoice.ts'

export type InvoiceRow = Selectable<Invoices>

/** The columns of an invoice, listed: a named `select *` would fail for ever after a new column. */
export const invoiceColumns = [
  'workspace_id',
  'id',
  'public_id',
  'number',
  'version',
  'order_id',
  'status',
  'invoice_type',
  'payment_processor',
  'external_id',
  'currency',
  'subtotal_amount',
  'shipping_amount',
  'total_amount',
  'due_amount',
  'issued_at',
  'due_at',
  'paid_at',
  'created_at',
  'updated_at',
] as const

/** Invoices as a list. */
export const listedInvoices = listTable<InvoiceRow>('invoices', invoiceColumns, ['order_id'])

const invoicesById = rowsById(listedInvoices)

const invoiceByNumber = rowByNumber(listedInvoices)
const invoiceByExternalId = rowByExternalId(listedInvoices)

const currentInvoicesByOrder = rowStatement<{ orderIds: readonly string[] }>()(
  'current_invoices_by_order',
  listedInvoices,
  (db, param, columns) =>
    db
      .selectFrom('invoices')
      .distinctOn('order_id')
      .select(columns)
      .where('workspace_id', '=', param('workspace'))
      .where('order_id', '=', sql<string>`any(${param('orderIds')})`)
      .orderBy('order_id')
      .orderBy('issued_at', 'desc')
      .orderBy('id', 'desc'),
)

/** Whether the order is live; nothing when that is absent. */
export function ofLiveMode(workspaceId: string, liveMode: boolean | null | undefined): Condition[] {
  if (liveMode == null) return []
  return [
    sql`exists (select from orders where orders.workspace_id = ${workspaceId}
      and orders.id = invoices.order_id and orders.live_mode = ${liveMode})`,
  ]
}

/** The invoices with these ids that the workspace has, in any order. */
export function loadInvoices(reads: Reads, ids: readonly string[]): Promise<InvoiceRow[]> {
  return reads.all(invoicesById, { ids })
}

/** The latest invoice (by issue, then id) of each of these orders that has one. */
export function loadCurrentInvoices(reads: Reads, orderIds: readonly string[]): Promise<InvoiceRow[]> {
  return reads.all(currentInvoicesByOrder, { orderIds })
}

/** The invoice with this number; undefined when there is none. */
export async function findInvoiceByNumber(reads: Reads, number: string): Promise<InvoiceRow | undefined> {
  const [invoice] = await reads.all(invoiceByNumber, { number })
  return invoice
}

/** The external invoice with this external id; undefined when there is none. */
export async function findInvoiceByExternalId(reads: Reads, externalId: string): Promise<InvoiceRow | undefined> {
  const [invoice] = await reads.all(invoiceByExternalId, { externalId })
  return invoice
}

/** How a mutation's input names an invoice. */
export type InvoiceReference = { id: string } | { externalId: string } | { number: string }

function isInvoice(reference: InvoiceReference): RawBuilder<boolean> {
  if ('id' in reference) return sql`id = ${reference.id}`
  if ('number' in reference) return sql`number = ${reference.number}`
  return sql`payment_processor = 'external' and external_id = ${reference.externalId}`
}

/** The ids of an invoice and its order, unlocked: the order is to be locked first. Undefined when there is none. */
export function findInvoice(
  trx: Transaction<DB>,
  workspaceId: string,
  reference: InvoiceReference,
): Promise<{ id: string; order_id: string } | undefined> {
  return trx
    .selectFrom('invoices')
    .select(['id', 'order_id'])
    .where('workspace_id', '=', workspaceId)
    .where(isInvoice(reference))
    .executeTakeFirst()
}

/** Locks an invoice, whose order is locked already, for writing to the end of the transaction. */
export function lockInvoice(trx: Transaction<DB>, workspaceId: string, id: string): Promise<InvoiceRow> {
  return trx
    .selectFrom('invoices')
    .select(invoiceColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

/** Writes a new invoice, whose number comes later under the counter lock, and returns it. */
export function insertInvoice(trx: Transaction<DB>, invoice: Insertable<Invoices>): Promise<InvoiceRow> {
  return trx.insertInto('invoices').values(invoice).returning(invoiceColumns).executeTakeFirstOrThrow()
}

/** Gives an invoice a number that is free. */
export function writeInvoiceNumber(
  db: QueryCreator<DB>,
  invoice: { workspace_id: string; id: string },
  number: string,
): OperationNodeSource {
  return db
    .updateTable('invoices')
    .set({ number })
    .where('workspace_id', '=', invoice.workspace_id)
    .where('id', '=', invoice.id)
}

/** Writes columns of a locked invoice, raises its version and returns it. */
export function writeInvoice(
  trx: Transaction<DB>,
  invoice: { workspace_id: string; id: string },
  columns: Partial<Omit<InvoiceRow, 'workspace_id' | 'id' | 'version'>>,
): Promise<InvoiceRow> {
  return trx
    .updateTable('invoices')
    .set(eb => ({ ...columns, version: eb('version', '+', 1), updated_at: sql<string>`clock_timestamp()` }))
    .where('workspace_id', '=', invoice.workspace_id)
    .where('id', '=', invoice.id)
    .returning(invoiceColumns)
    .executeTakeFirstOrThrow()
}

/** The status of an order's latest invoice; undefined without one. */
export async function latestStatus(
  trx: Transaction<DB>,
  workspaceId: string,
  orderId: string,
): Promise<InvoiceStatus | undefined> {
  const row = await trx
    .selectFrom('invoices')
    .select('status')
    .where('workspace_id', '=', workspaceId)
    .where('order_id', '=', orderId)
    .orderBy('issued_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.status
}

/**
 * The first number after the last one dealt out that no invoice has: numbers that clients gave are passed over. Only
 * under the counter lock, in a statement after the one that took it, so that it sees all that was committed before.
 */
export async function nextFreeNumber(trx: Transaction<DB>, workspaceId: string, last: string): Promise<string> {
  // The series stands in the select list, so it is made only as far as it is read.
  const { rows } = await sql<{ number: string }>`
    select number from (select generate_series(${last}::bigint + 1, 9223372036854775807)::text as number) as numbers
    where not exists (select from invoices where workspace_id = ${workspaceId} and invoices.number = numbers.number)
    limit 1`.execute(trx)
  const [row] = rows
  if (row === undefined) throw new Error('no invoice number is free')
  return row.number
}
