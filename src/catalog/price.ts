/** How a price is paid (domain 3.3). A payment plan counts as a subscription (decisions 1). */
export const paymentTypes = ['one_time', 'subscription', 'payment_plan'] as const
export type PaymentType = (typeof paymentTypes)[number]

/** Billing intervals, always plural (domain 3.3). */
export const intervals = ['days', 'weeks', 'months', 'quarters', 'years'] as const
export type Interval = (typeof intervals)[number]

/** Whether a price makes the order that uses it a subscription order. */
export function isRecurring(paymentType: PaymentType): boolean {
  return paymentType !== 'one_time'
}
