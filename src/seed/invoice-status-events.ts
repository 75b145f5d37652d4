import type { EventType } from '../events/event.ts'
import type { InvoiceStatus } from '../invoices/invoice.ts'
import type { OrderType, PaymentProcessor } from '../orders/order.ts'

/** The events that follow from an invoice's new status (decisions 2, domain 10.2), in their order. */
export function invoiceStatusEvents(
  status: InvoiceStatus,
  order: { order_type: OrderType; payment_processor: PaymentProcessor },
): EventType[] {
  switch (status) {
    case 'paid':
      return [
        'orders/invoice.paid',
        order.order_type === 'one-time-order' ? 'one-time-order.invoice.paid' : 'subscription.invoice.paid',
      ]
    case 'refunded':
      return ['orders/invoice.refunded']
    case 'past-due':
      return ['orders/invoice.past_due']
    case 'voided':
      return order.payment_processor === 'payments_ai' ? [] : ['orders/invoice.voided']
    case 'abandoned':
      return order.payment_processor === 'payments_ai' ? ['orders/invoice.abandoned'] : []
    case 'draft':
    case 'unpaid':
    case 'partially-paid':
    case 'partially-refunded':
    case 'disputed':
      return []
  }
}
