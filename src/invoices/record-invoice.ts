import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Changes } from '../events/changes.ts'
import type { EventType } from '../events/event.ts'
import { contactOf, readOrderSnapshot } from '../orders/order-snapshot.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { noteOrderStatusChange } from '../orders/status-change-store.ts'
import type { Actor } from '../shared/actor.ts'
import type { InvoiceStatus } from './invoice.ts'
import { invoiceSnapshot } from './invoice-body.ts'
import type { InvoiceLineRow } from './invoice-line-store.ts'
import { noteInvoiceStatusChange } from './invoice-status-change-store.ts'
import type { InvoiceRow } from './invoice-store.ts'
import { type Flip, settleOrder } from './settle-order.ts'

/**
 * Ends every write on an invoice: settles its locked order and adds all events in their order (decisions 2).
 * Returns the invoice's snapshot, so that the number can still be set in it.
 */
export async function recordInvoice(
  trx: Transaction<DB>,
  actor: Actor,
  changes: Changes,
  written: { invoice: InvoiceRow; lines: readonly InvoiceLineRow[]; order: OrderRow; flip: Flip | undefined },
) {
  const { invoice, lines, flip } = written
  const { order, isChanged, completedFrom, isFirstPayment } = await settleOrder(trx, written.order, flip)
  const contact = await contactOf(trx, order)
  const snapshot = invoiceSnapshot(invoice, lines, order, contact)
  const isOneTime = order.order_type === 'one-time-order'
  const isRefund = flip?.to === 'refunded'
  const orderIsSubject = isChanged || isFirstPayment || (isRefund && isOneTime)
  const orderSnapshot = orderIsSubject ? await readOrderSnapshot(trx, actor, order, contact) : undefined

  const isNew = flip !== undefined && flip.from === null
  let eventId = changes.add(isNew ? 'orders/invoice.created' : 'orders/invoice.updated', snapshot)
  if (flip !== undefined) {
    const [first, ...rest] = statusEvents(flip.to, isOneTime)
    if (first !== undefined) eventId = changes.add(first, snapshot)
    for (const type of rest) changes.add(type, snapshot)
    const change = { from: flip.from, to: flip.to, eventId }
    changes.writeAlong(db => noteInvoiceStatusChange(db, actor, invoice.id, change))
  }
  if (orderSnapshot !== undefined) {
    if (isRefund && isOneTime) changes.add('one_time_order.refunded', orderSnapshot)
    if (isChanged) changes.add('order.updated', orderSnapshot)
    if (completedFrom !== undefined) {
      const completedId = changes.add('order.completed', orderSnapshot)
      changes.add('one-time-order.completed', orderSnapshot)
      const change = { from: completedFrom, to: 'completed', eventId: completedId } as const
      changes.writeAlong(db => noteOrderStatusChange(db, actor, order.id, change))
    }
    if (isFirstPayment) changes.add('subscription.first_payment_received', orderSnapshot)
  }
  return snapshot
}

function statusEvents(status: InvoiceStatus, isOneTime: boolean): EventType[] {
  switch (status) {
    case 'paid':
      return ['orders/invoice.paid', isOneTime ? 'one-time-order.invoice.paid' : 'subscription.invoice.paid']
    case 'refunded':
      return ['orders/invoice.refunded']
    case 'past-due':
      return ['orders/invoice.past_due']
    case 'voided':
      return ['orders/invoice.voided']
    // ClickFunnels has no event of its own for these on external invoices (domain 10.2).
    case 'unpaid':
    case 'disputed':
    case 'draft':
    case 'partially-paid':
    case 'abandoned':
    case 'partially-refunded':
      return []
  }
}
