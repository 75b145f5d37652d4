import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { BillingStatus, ServiceStatus } from '../orders/order.ts'
import { type OrderRow, writeOrder } from '../orders/order-store.ts'
import type { InvoiceStatus } from './invoice.ts'
import { latestStatus } from './invoice-store.ts'

/** What became of an order through a write on one of its invoices. */
interface Settlement {
  order: OrderRow
  /** Whether the order's row changed. */
  isChanged: boolean
  /** The service status before, when the order became completed by it. */
  completedFrom: ServiceStatus | undefined
  /** Whether it was the subscription's first payment. */
  isFirstPayment: boolean
}

/** How an invoice's status moved: `from` is null for a new invoice; `isPayment` when it becomes paid for the first time. */
export interface Flip {
  from: InvoiceStatus | null
  to: InvoiceStatus
  isPayment: boolean
}

/**
 * Carries a written invoice over to its locked order (decisions 1): billing status is the latest invoice's; a paid
 * invoice completes a one-time order, once, and counts as a payment of a subscription.
 */
export async function settleOrder(trx: Transaction<DB>, order: OrderRow, flip: Flip | undefined): Promise<Settlement> {
  const billingStatus: BillingStatus = (await latestStatus(trx, order.workspace_id, order.id)) ?? 'pending'
  const isOneTime = order.order_type === 'one-time-order'
  const completes = flip?.to === 'paid' && isOneTime && order.service_status === 'pending'
  const counts = flip?.isPayment === true && !isOneTime
  const columns = {
    ...(billingStatus === order.billing_status ? {} : { billing_status: billingStatus }),
    ...(completes ? { service_status: 'completed' as const } : {}),
    ...(counts ? { recurring_invoices_paid_count: order.recurring_invoices_paid_count + 1 } : {}),
  }
  const isChanged = Object.keys(columns).length > 0
  return {
    order: isChanged ? await writeOrder(trx, order, columns) : order,
    isChanged,
    completedFrom: completes ? order.service_status : undefined,
    isFirstPayment: counts && order.recurring_invoices_paid_count === 0,
  }
}
