import type { OrderType, PaymentProcessor } from '../orders/order.ts'

/** Every status an invoice can have; processors use them all (domain 11.3). */
export const invoiceStatuses = [
  'draft',
  'unpaid',
  'partially-paid',
  'paid',
  'past-due',
  'abandoned',
  'voided',
  'partially-refunded',
  'refunded',
  'disputed',
] as const
export type InvoiceStatus = (typeof invoiceStatuses)[number]

/** What an invoice bills (domain 5.1). */
export const invoiceTypes = [
  'initial',
  'renewal',
  'interim',
  'cancellation',
  'one_time',
  'refund',
  'charge',
  'one_time_sale',
] as const
export type InvoiceType = (typeof invoiceTypes)[number]

type Machine = Partial<Record<InvoiceStatus, readonly InvoiceStatus[]>>

// domain 11.3, the guard table of external invoices.
const externalMachine: Machine = {
  unpaid: ['past-due', 'paid', 'voided'],
  'past-due': ['unpaid', 'paid', 'voided'],
  paid: ['refunded', 'disputed'],
  disputed: ['paid', 'refunded'],
  refunded: ['paid'],
  voided: [],
}

/** The statuses that an external invoice can be created with. */
export const initialInvoiceStatuses: readonly InvoiceStatus[] = invoiceStatuses.filter(
  status => externalMachine[status] !== undefined,
)

/** The statuses an invoice can be flipped to now; none for invoices of a processor. */
export function allowedInvoiceTransitions(invoice: {
  payment_processor: PaymentProcessor
  status: InvoiceStatus
}): readonly InvoiceStatus[] {
  if (invoice.payment_processor !== 'external') return []
  return externalMachine[invoice.status] ?? []
}

/** The type an invoice gets when none is given, and the types legal for its order (domain 5.3). */
export function defaultInvoiceType(orderType: OrderType): InvoiceType {
  return orderType === 'one-time-order' ? 'one_time_sale' : 'initial'
}

/** Whether an invoice of this type can be issued against an order of this type (domain 5.3). */
export function invoiceTypeFits(invoiceType: InvoiceType, orderType: OrderType): boolean {
  return (invoiceType === 'one_time_sale') === (orderType === 'one-time-order')
}

/** Lines, shipping and dates can be edited only while nothing was paid or written off (decisions 1). */
export function isEditable(status: InvoiceStatus): boolean {
  return status === 'unpaid' || status === 'past-due'
}

/** How much of an invoice was shipped; nothing is, as long as there are no fulfillments here (domain 5.1). */
export function invoiceFulfillmentStatus(
  invoice: { status: InvoiceStatus },
  lines: readonly { variant_fulfillment_required: boolean }[],
): 'not_applicable' | 'unfulfilled' {
  const isFulfillable = invoice.status === 'paid' && lines.some(line => line.variant_fulfillment_required)
  return isFulfillable ? 'unfulfilled' : 'not_applicable'
}

/** How much of a line was shipped (domain 5.2). */
export function lineFulfillmentStatus(line: { variant_fulfillment_required: boolean }): 'ignored' | 'unfulfilled' {
  return line.variant_fulfillment_required ? 'unfulfilled' : 'ignored'
}
