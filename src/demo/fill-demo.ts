import { createPrice } from '../catalog/create-price.ts'
import { createProduct } from '../catalog/create-product.ts'
import { holdProduct } from '../catalog/product-store.ts'
import { createContact } from '../contacts/create-contact.ts'
import type { CommandContext } from '../idempotency/run-command.ts'
import { createInvoice } from '../invoices/create-invoice.ts'
import { setInvoiceStatus } from '../invoices/set-invoice-status.ts'
import { createOrder } from '../orders/create-order.ts'
import { setOrderServiceStatus } from '../orders/set-order-service-status.ts'
import { encodeGlobalId } from '../shared/global-id.ts'

interface Offer {
  variantId: string
  priceId: string
}

const people = [
  ['ada@example.com', 'Ada', 'Lovelace', 'London', 'GB'],
  ['grace@example.com', 'Grace', 'Hopper', 'Arlington', 'US'],
  ['alan@example.com', 'Alan', 'Turing', 'Manchester', 'GB'],
  ['edsger@example.com', 'Edsger', 'Dijkstra', 'Nuenen', 'NL'],
  ['barbara@example.com', 'Barbara', 'Liskov', 'Boston', 'US'],
] as const

/** Fills a new demo workspace through the commands that the API uses. Called once, on an empty workspace. */
export async function fillDemo(context: CommandContext): Promise<void> {
  for (const person of people) await addContact(context, person)
  const course = await addOffer(context, 'Funnel Mastery Course', { amount: '198.00' })
  const kit = await addOffer(context, 'Launch Kit', { amount: '49.50' }, 'physical')
  const membership = await addOffer(context, 'Inner Circle Membership', {
    amount: '29.00',
    paymentType: 'subscription',
    interval: 'months',
    intervalCount: 1,
  })
  const sell = (externalId: string, person: number, ...lines: [Offer, number][]) =>
    createOrder(context, {
      externalId,
      liveMode: true,
      contact: { emailAddress: people[person]?.[0] },
      lineItems: lines.map(([offer, quantity]) => ({ ...offer, quantity })),
    })
  const bill = (externalId: string, invoice: object = {}) =>
    createInvoice(context, { order: { externalId }, externalId: `${externalId}-invoice`, ...invoice })
  const flip = (externalId: string, status: string) =>
    setInvoiceStatus(context, { invoice: { externalId: `${externalId}-invoice` }, status })

  await sell('demo-1', 0, [course, 1])
  await bill('demo-1', { status: 'paid' })
  await sell('demo-2', 1, [course, 1], [kit, 2])
  await bill('demo-2', { shippingAmount: '10.00' })
  await flip('demo-2', 'paid')
  await flip('demo-2', 'refunded')
  await sell('demo-3', 2, [membership, 1])
  await bill('demo-3', { status: 'paid' })
  await setOrderServiceStatus(context, { order: { externalId: 'demo-3' }, status: 'active' })
  await sell('demo-4', 3, [kit, 3])
  await bill('demo-4', { shippingAmount: '12.00' })
  await flip('demo-4', 'past-due')
  await sell('demo-5', 4, [membership, 1], [course, 1])
  await bill('demo-5')
  await sell('demo-6', 0, [kit, 1])
}

async function addContact(
  context: CommandContext,
  [emailAddress, firstName, lastName, city, country]: (typeof people)[number],
) {
  const phoneNumber = '+1 555 0100'
  const address = { isDefault: true, firstName, lastName, phoneNumber, streetOne: '1 Analytical Way', city, country }
  await createContact(context, { emailAddress, firstName, lastName, phoneNumber, addresses: [address] })
}

async function addOffer(context: CommandContext, name: string, price: object, productType = 'digital'): Promise<Offer> {
  const isPhysical = productType === 'physical'
  const { result: productId } = await createProduct(context, {
    name,
    visibleInStore: true,
    defaultVariant: { productType, fulfillmentRequired: isPhysical },
  })
  const product = await context.db.transaction().execute(trx => holdProduct(trx, context.actor.workspace.id, productId))
  if (product === undefined) throw new Error('the product is gone')
  const variantId = encodeGlobalId('Variant', product.default_variant_id)
  const { result: priceId } = await createPrice(context, { variantId, ...price })
  return { variantId, priceId: encodeGlobalId('Price', priceId) }
}
