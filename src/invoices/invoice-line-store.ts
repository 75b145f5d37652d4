import { type Insertable, type Selectable, sql, type Transaction } from 'kysely'
import { listTable } from '../database/listed-table.ts'
import { rowsById, rowsByParent } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, InvoiceLineItems } from '../database/tables.ts'

export type InvoiceLineRow = Selectable<InvoiceLineItems>

const columns = [
  'workspace_id',
  'id',
  'public_id',
  'invoice_id',
  'position',
  'description',
  'quantity',
  'amount',
  'product_id',
  'variant_id',
  'variant_name',
  'variant_description',
  'variant_sku',
  'variant_fulfillment_required',
  'price_id',
  'price_amount',
  'price_currency',
  'price_payment_type',
  'price_interval',
  'price_interval_count',
  'price_duration',
  'created_at',
  'updated_at',
] as const

const listedLines = listTable<InvoiceLineRow>('invoice_line_items', columns, ['invoice_id'])
const linesByInvoice = rowsByParent(listedLines, 'invoice_id', 'position')

const linesById = rowsById(listedLines)

/** The lines of these invoices, each invoice's in its own order. */
export function loadInvoiceLinesOf(reads: Reads, invoiceIds: readonly string[]): Promise<InvoiceLineRow[]> {
  return reads.all(linesByInvoice, { parents: invoiceIds })
}

/** The invoice lines with these ids that the workspace has, in any order. */
export function loadInvoiceLines(reads: Reads, ids: readonly string[]): Promise<InvoiceLineRow[]> {
  return reads.all(linesById, { ids })
}

/** The lines of one invoice, inside a transaction. */
export function invoiceLinesOf(
  trx: Transaction<DB>,
  workspaceId: string,
  invoiceId: string,
): Promise<InvoiceLineRow[]> {
  return trx
    .selectFrom('invoice_line_items')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('invoice_id', '=', invoiceId)
    .orderBy('position')
    .execute()
}

/** Writes the lines of a new invoice and returns them in their order. */
export async function insertInvoiceLines(
  trx: Transaction<DB>,
  lines: readonly Insertable<InvoiceLineItems>[],
): Promise<InvoiceLineRow[]> {
  const rows = await trx.insertInto('invoice_line_items').values(lines).returning(columns).execute()
  return rows.toSorted((a, b) => a.position - b.position)
}

/** Writes what may change of an invoice line. */
export async function writeInvoiceLine(
  trx: Transaction<DB>,
  line: { workspace_id: string; id: string },
  changes: { amount?: string; quantity?: number; description?: string | null },
): Promise<void> {
  await trx
    .updateTable('invoice_line_items')
    .set({ ...changes, updated_at: sql<string>`clock_timestamp()` })
    .where('workspace_id', '=', line.workspace_id)
    .where('id', '=', line.id)
    .execute()
}
