import type { InvoiceStatus, InvoiceType } from '../invoices/invoice.ts'
import { cancelReasons } from '../orders/order.ts'
import type { OrderCourse } from './order-course.ts'
import type { Random } from './random.ts'

/** The life of a one-time order whose client writes everything itself. */
export function runExternalOneTime(course: OrderCourse, random: Random): void {
  course.create(random.chance(0.06) ? 'completed' : 'pending')
  if (random.chance(0.1)) return
  const count = random.chance(0.08) ? random.integer(2, 4) : 1
  for (let i = 0; i < count && course.hasRoom; i += 1) {
    course.wait(random.chance(0.7) ? random.between(0.0001, 0.01) : random.between(0.01, 2))
    // Nobody is billed again for what he paid, but a voided invoice is written anew.
    if (billExternally(course, random, 'one_time_sale') === 'voided' && course.hasRoom) {
      course.wait(0.02)
      billExternally(course, random, 'one_time_sale')
    }
  }
}

/** The life of a subscription whose client writes everything itself; a period is so many days. */
export function runExternalSubscription(course: OrderCourse, random: Random, period: number, isPlan: boolean): void {
  const start = random.choose({ pending: 62, active: 33, paused: 2, canceled: 2, churned: 1 })
  course.create(start, start === 'active' ? { next_charge_at: inDays(course, period) } : {})
  if (start === 'canceled' || start === 'churned' || random.chance(0.08)) return
  course.wait(random.between(0.0001, 0.02))
  const first = billExternally(course, random, 'initial')
  if (start === 'pending') {
    course.wait(0.001)
    if (first !== 'paid') {
      if (random.chance(0.5)) cancel(course, random)
      return
    }
    course.serve('active')
  }
  if (start === 'paused') course.serve('active')
  for (let paid = 1; period < 100 && course.hasRoom && random.chance(0.5); paid += 1) {
    course.wait(period)
    billExternally(course, random, random.chance(0.9) ? 'renewal' : 'charge')
    if (isPlan && paid === 2) {
      course.serve('completed')
      return
    }
    if (random.chance(0.5)) course.update({ next_charge_at: inDays(course, period) })
  }
  endExternally(course, random)
}

function endExternally(course: OrderCourse, random: Random): void {
  const end = random.choose({ stays: 62, pauses: 12, cancels: 18, churns: 8 })
  course.wait(random.between(1, 30))
  if (end === 'churns') course.serve('churned')
  if (end === 'cancels') cancel(course, random)
  if (end !== 'pauses') return
  course.serve('paused')
  if (random.chance(0.4)) return
  course.wait(random.between(1, 20))
  if (random.chance(0.7)) course.serve('active')
  else cancel(course, random)
}

function cancel(course: OrderCourse, random: Random): void {
  const isReasoned = random.chance(0.6)
  course.serve('canceled', {
    ...(isReasoned && { cancel_reason: random.pick(cancelReasons), canceled_by: 'customer' }),
    ...(random.chance(0.2) && { cancel_description: 'Wrote in to say so.' }),
  })
  if (!random.chance(0.6)) return
  course.wait(random.between(1, 20))
  const isBack = random.chance(0.3)
  course.serve(isBack ? 'active' : 'churned')
  if (isBack || !random.chance(0.2)) return
  course.wait(random.between(1, 20))
  course.serve('active')
}

/** The life of one invoice by the guard table of external ones (domain 11.3); how it ended. */
function billExternally(course: OrderCourse, random: Random, type: InvoiceType): InvoiceStatus {
  const start = random.choose({ paid: 58, unpaid: 36, 'past-due': 2, voided: 1, refunded: 2, disputed: 1 })
  // Subscriptions don't import what was paid and given back elsewhere: it would not count as their payment.
  const status = type !== 'one_time_sale' && (start === 'refunded' || start === 'disputed') ? 'paid' : start
  const isDue = status === 'unpaid' || status === 'past-due' || random.chance(0.3)
  const discount = random.chance(0.08) ? 10 * random.integer(1, 4) : 0
  const invoice = course.invoice(status, type, isDue ? (status === 'past-due' ? 0 : 14) : null, discount)
  if (status === 'paid') return afterPayment(course, random, invoice)
  if (status === 'voided' || status === 'refunded' || status === 'disputed') return status
  if (status === 'unpaid') {
    const next = random.choose({ paid: 62, late: 18, voided: 6, stays: 14 })
    if (next === 'stays') return 'unpaid'
    course.wait(next === 'late' ? 15 : random.between(0.001, 12))
    if (next === 'voided') return end(course, invoice, 'voided')
    if (next === 'paid') {
      course.flip(invoice, 'paid')
      return afterPayment(course, random, invoice)
    }
    course.flip(invoice, 'past-due')
  }
  const late = random.choose({ paid: 35, voided: 20, reissued: 15, stays: 30 })
  if (late === 'stays') return 'past-due'
  course.wait(random.between(1, 15))
  if (late === 'voided') return end(course, invoice, 'voided')
  if (late === 'reissued') {
    course.flip(invoice, 'unpaid', 14)
    if (random.chance(0.4)) return 'unpaid'
    course.wait(random.between(1, 10))
  }
  course.flip(invoice, 'paid')
  return afterPayment(course, random, invoice)
}

function afterPayment(course: OrderCourse, random: Random, invoice: number): InvoiceStatus {
  const next = random.choose({ paid: 91, refunded: 6, disputed: 3 })
  if (next === 'paid') return 'paid'
  course.wait(random.between(0.5, 20))
  course.flip(invoice, next)
  if (next === 'refunded') {
    if (!random.chance(0.05)) return 'refunded'
    course.wait(random.between(0.5, 3))
    // The refund failed.
    return end(course, invoice, 'paid')
  }
  if (random.chance(0.3)) return 'disputed'
  course.wait(random.between(1, 20))
  return end(course, invoice, random.chance(0.5) ? 'paid' : 'refunded')
}

function end(course: OrderCourse, invoice: number, status: InvoiceStatus): InvoiceStatus {
  course.flip(invoice, status)
  return status
}

function inDays(course: OrderCourse, days: number): string {
  return new Date(Math.floor(course.at + days * course.timeline.lifeDay)).toISOString()
}
