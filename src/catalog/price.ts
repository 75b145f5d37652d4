import { type InputIssue, UserError } from '../shared/errors.ts'
import { writeAmount } from '../shared/money.ts'

/** How a price is paid (domain 3.3). A payment plan counts as a subscription (decisions 1). */
export const paymentTypes = ['one_time', 'subscription', 'payment_plan'] as const
export type PaymentType = (typeof paymentTypes)[number]

/** Billing intervals, always plural (domain 3.3). */
export const intervals = ['days', 'weeks', 'months', 'quarters', 'years'] as const
export type Interval = (typeof intervals)[number]

/** No variant has more prices, so that they can be read as a list. */
export const maxPrices = 100

/** No product has more prices, all its variants together: its payload lists them. */
export const maxProductPrices = 1000

/** Whether a price makes the order that uses it a subscription order. */
export function isRecurring(paymentType: PaymentType): boolean {
  return paymentType !== 'one_time'
}

/** When a price is charged, under the names of the API. */
interface PriceTerms {
  paymentType: PaymentType
  interval: Interval | null
  intervalCount: number | null
  duration: number | null
  trialInterval: Interval | null
  trialDuration: number | null
}

const recurringMembers = ['interval', 'intervalCount', 'duration', 'trialInterval', 'trialDuration'] as const

/** The members of an input that say when a price is charged. */
export const termMembers = ['paymentType', ...recurringMembers] as const

/** The terms in a price's columns. */
export function termsOf(price: {
  payment_type: PaymentType
  interval: Interval | null
  interval_count: number | null
  duration: number | null
  trial_interval: Interval | null
  trial_duration: number | null
}): PriceTerms {
  return {
    paymentType: price.payment_type,
    interval: price.interval,
    intervalCount: price.interval_count,
    duration: price.duration,
    trialInterval: price.trial_interval,
    trialDuration: price.trial_duration,
  }
}

type GivenTerms = { [Member in keyof PriceTerms]?: PriceTerms[Member] | undefined }

const oneTime: PriceTerms = {
  paymentType: 'one_time',
  interval: null,
  intervalCount: null,
  duration: null,
  trialInterval: null,
  trialDuration: null,
}

/**
 * The terms of a price after an input: absent members stay as they were. A recurring price is charged every interval
 * unless `intervalCount` says otherwise; a price that becomes one-time loses what only recurring ones have.
 */
export function nextTerms(before: PriceTerms | undefined, given: GivenTerms): PriceTerms {
  const paymentType = given.paymentType ?? before?.paymentType ?? 'one_time'
  const kept = isRecurring(paymentType) ? before : undefined
  const merged = { ...oneTime, ...kept, paymentType }
  for (const member of recurringMembers) {
    if (given[member] !== undefined) Object.assign(merged, { [member]: given[member] })
  }
  return isRecurring(paymentType) ? { ...merged, intervalCount: merged.intervalCount ?? 1 } : merged
}

/** What is wrong with the terms of a price: all of it (domain 3.3). */
export function termIssues(terms: PriceTerms): InputIssue[] {
  const issue = (code: string, message: string, member: string) => ({ code, message, path: ['input', member] })
  if (!isRecurring(terms.paymentType))
    return recurringMembers
      .filter(member => terms[member] !== null)
      .map(member => issue('NOT_RECURRING', 'Is only for a subscription or payment plan.', member))
  return [
    ...(terms.interval === null
      ? [issue('REQUIRED', 'A subscription or payment plan needs an interval.', 'interval')]
      : []),
    ...(terms.paymentType === 'payment_plan' && terms.duration === null
      ? [issue('REQUIRED', 'A payment plan needs a duration.', 'duration')]
      : []),
    ...(terms.trialInterval === null && terms.trialDuration !== null
      ? [issue('INCOMPLETE_TRIAL', 'A trial needs both interval and duration.', 'trialInterval')]
      : []),
    ...(terms.trialInterval !== null && terms.trialDuration === null
      ? [issue('INCOMPLETE_TRIAL', 'A trial needs both interval and duration.', 'trialDuration')]
      : []),
  ]
}

interface Amounts {
  currency: string
  amount: string
  trial_amount: string | null
  setup_amount: string | null
  compare_at_amount: string | null
  cost: string | null
}

/** The price with its amounts written with the decimals of its currency. */
export function withWrittenAmounts<Price extends Amounts>(price: Price): Price {
  const written = (amount: string | null) => (amount === null ? null : writeAmount(amount, price.currency))
  return {
    ...price,
    amount: writeAmount(price.amount, price.currency),
    trial_amount: written(price.trial_amount),
    setup_amount: written(price.setup_amount),
    compare_at_amount: written(price.compare_at_amount),
    cost: written(price.cost),
  }
}

/** The members of an input that say what a buyer pays and when: fixed once an order uses a recurring price. */
export const moneyMembers = [...termMembers, 'amount', 'trialAmount', 'setupAmount'] as const

/** What subscribers pay can't change under them: make a new price and archive this one (domain 3.3, decisions 1). */
export class PriceInUse extends UserError {
  override readonly name = 'PriceInUse'
  readonly code = 'PRICE_IN_USE'

  /** `member` is the part of the input that would have changed what they pay. */
  constructor(member: string) {
    super('An order uses this subscription price: what it charges can’t change any more.', ['input', member])
  }
}
