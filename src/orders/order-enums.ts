import { enumOf } from '../graphql/enum.ts'

/** Order types as GraphQL has them. */
export const OrderTypeEnum = enumOf('OrderType', 'Whether an order bills once or again and again.', {
  'one-time-order': 'Every price is paid once.',
  'subscription-order': 'At least one price is paid again and again.',
})

/** Payment processors as GraphQL has them. */
export const PaymentProcessorEnum = enumOf('PaymentProcessor', 'Who collects the money.', {
  payments_ai: 'Payments AI, which moves its orders by itself.',
  stripe: 'Stripe, which moves its orders by itself.',
  external: 'Paid outside of ClickFunnels; moved through this API.',
})

/** Service statuses as GraphQL has them. */
export const ServiceStatusEnum = enumOf('ServiceStatus', 'Whether the service of an order runs.', {
  pending: 'Ordered, not yet paid or started.',
  active: 'A subscription that runs.',
  completed: 'A one-time order that was paid, or a subscription whose service period is over.',
  churned: 'A subscription whose paid period is over; it can be reactivated.',
  canceled: 'A subscription that was canceled; it may run to the end of its paid period.',
  suspended: 'Stopped by the processor, for example in a dispute.',
  paused: 'A subscription that does not renew for now.',
  abandoned: 'Never became active in time.',
  voided: 'Dropped before it became active.',
})

/** Billing statuses as GraphQL has them. */
export const BillingStatusEnum = enumOf('BillingStatus', 'The status of the latest invoice of an order.', {
  pending: 'There is no invoice yet.',
  draft: 'Not issued yet.',
  unpaid: 'Issued, not paid.',
  'partially-paid': 'A part was paid.',
  paid: 'Paid in full.',
  'past-due': 'Not paid in time.',
  abandoned: 'Collection was given up.',
  voided: 'Declared void.',
  'partially-refunded': 'A part was paid back.',
  refunded: 'Paid back in full.',
  disputed: 'The payment is disputed.',
})

/** Reasons of a cancellation as GraphQL has them. */
export const CancelReasonEnum = enumOf(
  'CancelReason',
  'Why an external subscription was canceled; `Order.cancelReason` and webhooks show it in small letters.',
  {
    customer_service: 'Unhappy with the customer service.',
    low_quality: 'The quality was too low.',
    missing_features: 'Features were missing.',
    other: 'Another reason, or none was given.',
    switched_service: 'Went to another service.',
    too_complex: 'Too complex.',
    too_expensive: 'Too expensive.',
    unused: 'Not used.',
  },
)
