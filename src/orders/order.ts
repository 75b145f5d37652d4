/** Whether an order bills once or again and again; follows from its prices (domain 4.5). */
export const orderTypes = ['one-time-order', 'subscription-order'] as const
export type OrderType = (typeof orderTypes)[number]

/** Who collects the money. Only external orders can be written here (domain 0.2). */
export const paymentProcessors = ['payments_ai', 'stripe', 'external'] as const
export type PaymentProcessor = (typeof paymentProcessors)[number]

/** Whether the service of an order runs (domain 4.2). */
export const serviceStatuses = [
  'pending',
  'active',
  'completed',
  'churned',
  'canceled',
  'suspended',
  'paused',
  'abandoned',
  'voided',
] as const
export type ServiceStatus = (typeof serviceStatuses)[number]

/** The status of the latest invoice, `pending` without one; derived, never written by a client (decisions 1). */
export const billingStatuses = [
  'pending',
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
export type BillingStatus = (typeof billingStatuses)[number]

/** Why an external subscription was canceled (domain 4.3). */
export const cancelReasons = [
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
] as const

type Machine = Partial<Record<ServiceStatus, readonly ServiceStatus[]>>

// decisions 1: the machines of external orders. A processor moves its own orders; nobody moves them here.
const externalMachines: Record<OrderType, Machine> = {
  'one-time-order': {
    pending: ['completed'],
    completed: [],
  },
  'subscription-order': {
    pending: ['active', 'canceled'],
    active: ['paused', 'canceled', 'churned', 'completed'],
    paused: ['active', 'canceled'],
    canceled: ['active', 'churned'],
    churned: ['active'],
    completed: [],
  },
}

/** The service statuses an order of this type can be created with. */
export function initialServiceStatuses(orderType: OrderType): ServiceStatus[] {
  return serviceStatuses.filter(status => externalMachines[orderType][status] !== undefined)
}

/** The service statuses that an order can be flipped to now; none for orders of a processor. */
export function allowedServiceTransitions(order: {
  order_type: OrderType
  payment_processor: PaymentProcessor
  service_status: ServiceStatus
}): readonly ServiceStatus[] {
  if (order.payment_processor !== 'external') return []
  return externalMachines[order.order_type][order.service_status] ?? []
}

/** An order number as people see it: `#1001`. */
export function orderNumber(number: string): string {
  return `#${number}`
}
