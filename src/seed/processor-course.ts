import type { InvoiceStatus, InvoiceType } from '../invoices/invoice.ts'
import { cancelReasons, type PaymentProcessor } from '../orders/order.ts'
import type { OrderRow } from '../orders/order-store.ts'
import type { OrderCourse } from './order-course.ts'
import type { Random } from './random.ts'

/** The life of a one-time order whose payment processor moves it (domain 11.1). */
export function runProcessorOneTime(course: OrderCourse, random: Random, processor: PaymentProcessor): void {
  course.create('pending')
  if (random.chance(0.04)) return
  course.wait(0.0001)
  if (random.chance(0.05)) {
    course.invoice('draft', 'one_time_sale', 14, 0)
    return
  }
  const status = bill(course, random, 'one_time_sale')
  if (status === 'voided') dropOrder(course, processor)
  if (status === 'abandoned') {
    if (random.chance(0.6)) course.serve('abandoned')
    else course.serve('canceled', { canceled_by: 'customer', churned_at: null })
  }
}

/** The life of a subscription whose payment processor moves it (domain 11.2); a period is so many days. */
export function runProcessorSubscription(
  course: OrderCourse,
  random: Random,
  processor: PaymentProcessor,
  period: number,
  isPlan: boolean,
): void {
  if (random.chance(0.06)) {
    runTrial(course, random)
    return
  }
  course.create('pending')
  course.wait(0.0001)
  const first = bill(course, random, 'initial')
  if (first === 'voided') dropOrder(course, processor)
  if (first === 'abandoned') course.serve('abandoned')
  if (first !== 'paid') return
  course.serve('active', periodColumns(course, processor, period))
  for (let paid = 1; period < 100 && course.hasRoom && random.chance(0.5); paid += 1) {
    course.wait(period)
    const renewal = bill(course, random, random.chance(0.9) ? 'renewal' : 'interim')
    const end = renewal === 'abandoned' ? 'churned' : isPlan && paid === 2 ? 'completed' : undefined
    if (end !== undefined) {
      course.serve(end)
      return
    }
    if (renewal === 'disputed') {
      course.serve('suspended')
      if (random.chance(0.5)) return
      course.wait(random.between(1, 10))
      course.serve('active')
    }
    if (renewal === 'paid') course.update(periodColumns(course, processor, period))
  }
  const end = random.choose({ stays: 60, pauses: 8, cancels: 18, churns: 8, suspends: 6 })
  course.wait(random.between(1, 20))
  if (end === 'pauses') course.serve('paused')
  if (end === 'suspends') course.serve('suspended')
  if (end === 'churns') course.serve('churned')
  if (end !== 'cancels') return
  course.serve('canceled', { canceled_by: 'API', cancel_reason: cancelReason(processor, random), churned_at: null })
  if (!random.chance(0.5)) return
  course.wait(random.between(1, period))
  course.serve('churned')
}

// Nothing is billed before the trial is over, and those here are not over yet.
function runTrial(course: OrderCourse, random: Random): void {
  const trialEnd = course.timeline.end + random.integer(1, 14) * course.timeline.lifeDay
  const until = new Date(Math.floor(trialEnd)).toISOString()
  course.create('active', { in_trial: true, trial_end_at: until, next_charge_at: until })
}

function dropOrder(course: OrderCourse, processor: PaymentProcessor): void {
  // Stripe knows no voided orders (domain 4.2).
  course.serve(processor === 'payments_ai' ? 'voided' : 'abandoned')
}

/** The life of one invoice in a processor's machine (domain 11.3); how it ended. */
function bill(course: OrderCourse, random: Random, type: InvoiceType): InvoiceStatus {
  const invoice = course.invoice('unpaid', type, 14, 0)
  const flip = (status: InvoiceStatus) => {
    course.flip(invoice, status)
    return status
  }
  const path = random.choose({ pays: 76, parts: 6, late: 8, abandoned: 4, voided: 3, waits: 3 })
  if (path === 'waits') return 'unpaid'
  course.wait(path === 'pays' ? 0.0002 : path === 'late' ? 15 : random.between(0.1, 10))
  if (path === 'abandoned' || path === 'voided') return flip(path)
  if (path === 'late') {
    flip('past-due')
    const next = random.choose({ pays: 50, abandoned: 25, waits: 25 })
    if (next === 'waits') return 'past-due'
    course.wait(random.between(1, 15))
    if (next === 'abandoned') return flip('abandoned')
  }
  if (path === 'parts') {
    flip('partially-paid')
    const next = random.choose({ pays: 40, 'partially-refunded': 20, refunded: 10, waits: 30 })
    if (next === 'waits') return 'partially-paid'
    course.wait(random.between(1, 10))
    if (next !== 'pays') return flip(next)
  }
  flip('paid')
  return afterPayment(course, random, flip)
}

function afterPayment(
  course: OrderCourse,
  random: Random,
  flip: (status: InvoiceStatus) => InvoiceStatus,
): InvoiceStatus {
  const next = random.choose({ paid: 88, 'partially-refunded': 5, refunded: 4, disputed: 3 })
  if (next === 'paid') return 'paid'
  course.wait(random.between(0.5, 15))
  flip(next)
  if (next === 'refunded' || random.chance(0.6)) return next
  course.wait(random.between(0.5, 15))
  return flip(next === 'disputed' && random.chance(0.5) ? 'paid' : 'refunded')
}

/** What a paid period sets: only Payments AI tells when the next one starts (domain 4.1). */
function periodColumns(course: OrderCourse, processor: PaymentProcessor, period: number): Partial<OrderRow> {
  const until = new Date(Math.floor(course.at + period * course.timeline.lifeDay)).toISOString()
  return { paid_until: until, next_charge_at: until, ...(processor === 'payments_ai' && { renewal_at: until }) }
}

// Each processor has codes of its own (domain 4.3).
function cancelReason(processor: PaymentProcessor, random: Random): string {
  const ofPaymentsAi = ['did-not-use', 'did-not-want', 'missing-features', 'too-expensive', 'bugs-or-problems', 'other']
  return random.pick(processor === 'payments_ai' ? ofPaymentsAi : cancelReasons)
}
