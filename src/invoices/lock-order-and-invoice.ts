import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { NotExternal, VersionConflict } from '../orders/order-errors.ts'
import { lockOrder, type OrderRow } from '../orders/order-store.ts'
import { notFound } from '../shared/errors.ts'
import { findInvoice, type InvoiceReference, type InvoiceRow, lockInvoice } from './invoice-store.ts'

/**
 * Locks an external invoice and, before it, its order (decisions 3). Throws InvalidInput for an unknown one,
 * NotExternal, and VersionConflict when the invoice's version is not the expected one.
 */
export async function lockOrderAndInvoice(
  trx: Transaction<DB>,
  workspaceId: string,
  reference: InvoiceReference,
  expectedVersion: number | null | undefined,
): Promise<{ order: OrderRow; invoice: InvoiceRow }> {
  const found = await findInvoice(trx, workspaceId, reference)
  const order = found && (await lockOrder(trx, workspaceId, { id: found.order_id }))
  if (found === undefined || order === undefined) throw notFound('invoice', ['input', 'invoice'])
  const invoice = await lockInvoice(trx, workspaceId, found.id)
  if (invoice.payment_processor !== 'external') throw new NotExternal(['input', 'invoice'])
  if (expectedVersion != null && expectedVersion !== invoice.version) throw new VersionConflict('Invoice', invoice.id)
  return { order, invoice }
}
