import type { Interval } from '../catalog/price.ts'
import type { AddressRow } from '../contacts/address-store.ts'
import type { OrderType, PaymentProcessor } from '../orders/order.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { runExternalOneTime, runExternalSubscription } from './external-course.ts'
import { OrderCourse, type OrderWrite } from './order-course.ts'
import { runProcessorOneTime, runProcessorSubscription } from './processor-course.ts'
import { Random } from './random.ts'
import type { Offer, SeedCatalog } from './seed-catalog.ts'
import type { SeedContacts } from './seed-contacts.ts'
import { notes } from './seed-words.ts'
import { maxLines, ordersPerContact, purposes, type SeedWorkspace } from './seed-workspace.ts'

interface PlannedLine {
  offer: Offer
  quantity: number
}

/** All that will happen to one order; it follows from the order's index alone. */
export interface OrderPlan {
  index: number
  contact: number
  liveMode: boolean
  processor: PaymentProcessor
  orderType: OrderType
  lines: readonly PlannedLine[]
  /** Whether the lines are shipped. */
  isShipped: boolean
  externalId: string | null
  notes: string | null
  /** Whether the billing address is given, and a shipping address of someone else. */
  isBilled: boolean
  isGift: boolean
  /** The first creates the order. */
  writes: readonly OrderWrite[]
}

const periodDays: Record<Interval, number> = { days: 1, weeks: 7, months: 30, quarters: 91, years: 365 }

/** Plans order `index` of a workspace. */
export function planOrder(
  index: number,
  workspace: SeedWorkspace,
  catalog: SeedCatalog,
  contacts: SeedContacts,
): OrderPlan {
  const random = new Random([...workspace.key, purposes.order, index])
  const at = workspace.timeline.orderAt(index)
  const processor = random.choose<PaymentProcessor>({ external: 72, stripe: 16, payments_ai: 12 })
  const isSubscription = random.chance(0.35)
  const lines = pickLines(random, catalog, at, isSubscription)
  const course = new OrderCourse(workspace.timeline, at)
  const contact = pickContact(random, contacts, index)
  const hasExternalId = processor !== 'external' || random.chance(0.7)
  const plan = {
    index,
    contact,
    liveMode: !random.chance(0.07),
    processor,
    orderType: isSubscription ? ('subscription-order' as const) : ('one-time-order' as const),
    lines,
    isShipped: lines.some(({ offer }) => offer.variant.fulfillment_required),
    externalId: hasExternalId ? `${processor === 'external' ? 'shop' : 'sale'}-${100_000 + index}` : null,
    notes: random.chance(0.08) ? random.pick(notes) : null,
    isBilled: random.chance(0.5),
    isGift: random.chance(0.05),
    writes: course.writes,
  }
  const [first] = lines
  if (first === undefined || !isSubscription) {
    if (processor === 'external') runExternalOneTime(course, random)
    else runProcessorOneTime(course, random, processor)
    return plan
  }
  const { interval, interval_count, payment_type } = first.offer.price
  const period = periodDays[interval ?? 'months'] * (interval_count ?? 1)
  const isPlan = payment_type === 'payment_plan'
  if (processor === 'external') runExternalSubscription(course, random, period, isPlan)
  else runProcessorSubscription(course, random, processor, period, isPlan)
  return plan
}

/** A subscription has one subscription line, and perhaps something to go with it. */
function pickLines(random: Random, catalog: SeedCatalog, at: number, isSubscription: boolean): PlannedLine[] {
  const lines: PlannedLine[] = []
  if (isSubscription) lines.push({ offer: pickOffer(random, catalog.recurring, at), quantity: 1 })
  const extra = isSubscription ? (random.chance(0.25) ? 1 : 0) : random.chance(0.5) ? 1 : random.integer(2, maxLines)
  for (let i = 0; i < extra; i += 1) {
    const quantity = random.chance(0.75) ? 1 : random.integer(2, 5)
    lines.push({ offer: pickOffer(random, catalog.oneTime, at), quantity })
  }
  return lines
}

// The first offers sell best; among them are ones that last.
function pickOffer(random: Random, offers: readonly Offer[], at: number): Offer {
  for (;;) {
    const offer = offers[Math.floor(random.next() ** 1.5 * offers.length)]
    if (offer !== undefined && offer.soldUntil > at) return offer
  }
}

// A contact's first order comes with it; later ones come from whoever is there, of late more often.
function pickContact(random: Random, contacts: SeedContacts, index: number): number {
  const newest = Math.floor(index / ordersPerContact)
  if (index % ordersPerContact === 0 && !contacts.isAnonymous(newest)) return newest
  for (let tries = 0; tries < 5; tries += 1) {
    const number = Math.floor((newest + 1) * (1 - random.next() ** 2))
    if (number <= newest && !contacts.isAnonymous(number)) return number
  }
  // The very first is never anonymous.
  return 0
}

/** The columns of a new order that its client gives; a gift goes to someone else. */
export function givenColumns(plan: OrderPlan, address: AddressRow | undefined): Partial<OrderRow> {
  return {
    ...(plan.isBilled &&
      address !== undefined && {
        billing_address_street_one: address.street_one,
        billing_address_street_two: address.street_two,
        billing_address_city: address.city,
        billing_address_region: address.region,
        billing_address_country: address.country,
        billing_address_postal_code: address.postal_code,
      }),
    ...(plan.isGift && {
      shipping_address_first_name: 'Someone',
      shipping_address_last_name: 'Dear',
      shipping_address_organization_name: 'Front Desk',
      shipping_address_phone_number: '+1 303 555 0142',
      shipping_address_street_one: '7 Gift Lane',
      shipping_address_city: 'Boise',
      shipping_address_region: 'ID',
      shipping_address_country: 'US',
      shipping_address_postal_code: '83701',
    }),
  }
}
