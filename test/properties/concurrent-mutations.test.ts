import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeGlobalId } from '../../src/shared/global-id.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway({ env: { POOL_SIZE: '20' } })
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const writers = 16
const writesEach = 20

// The same mixture in every run.
function* dice(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    yield state / 2 ** 31
  }
}

test('all mutations against each other on one order: no deadlock, events equal to accepted changes', async () => {
  const order = { externalId: 'contended' }
  const line = { variantId: shop.variantId, priceId: shop.subscriptionPriceId, quantity: 1 }
  const newOrder = { contact: { id: shop.contactId }, liveMode: true, lineItems: [line] }
  await mutate('createOrder', { ...newOrder, ...order })
  for (const externalId of ['a', 'b', 'c']) await mutate('createInvoice', { order, externalId })
  const before = (await shop.events()).at(-1)?.sequence
  const accepted: Record<string, number> = {}

  async function write(writer: number, round: number, random: () => number): Promise<void> {
    const mark = `${writer}-${round}`
    const invoice = { externalId: pick(['a', 'b', 'c'], random) }
    const [mutation, input] = pick<[string, object]>(
      [
        ['updateOrder', { order, notes: mark }],
        ['setOrderServiceStatus', { order, status: pick(['ACTIVE', 'PAUSED', 'CANCELED', 'CHURNED'], random) }],
        ['createInvoice', { order, status: pick(['UNPAID', 'PAID', 'PAST_DUE'], random) }],
        ['updateInvoice', { invoice, number: mark }],
        ['updateInvoice', { invoice, shippingAmount: `${writer * 100 + round}.00` }],
        ['setInvoiceStatus', { invoice, status: pick(['PAID', 'REFUNDED', 'DISPUTED', 'PAST_DUE'], random) }],
        ['createOrder', newOrder],
        ['updateContact', { id: shop.contactId, firstName: mark }],
        ['updateVariant', { id: shop.variantId, description: mark }],
        ['updateProduct', { id: shop.productId, seoTitle: mark }],
        ['updatePrice', { id: shop.oneTimePriceId, name: mark }],
      ],
      random,
    )
    const typename = await mutate(mutation, input)
    if (typename.endsWith('Payload')) accepted[mutation] = (accepted[mutation] ?? 0) + 1
  }

  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const roll = dice(writer + 1)
      const random = () => roll.next().value
      for (let round = 0; round < writesEach; round += 1) await write(writer, round, random)
    }),
  )

  const log = await shop.events(before)
  const count = (...types: string[]) => log.filter(event => types.includes(event.type)).length
  expect(log.map(event => event.sequence)).toEqual(log.map((_, index) => (before ?? 0) + 1 + index))
  expect(count('order.created')).toBe(accepted.createOrder)
  expect(count('orders/invoice.created')).toBe(accepted.createInvoice)
  expect(count('orders/invoice.updated')).toBe((accepted.updateInvoice ?? 0) + (accepted.setInvoiceStatus ?? 0))
  expect(count('contact.updated')).toBe(accepted.updateContact)
  expect(count('product.updated')).toBe(accepted.updateProduct)
  expect(count('products/variant.updated')).toBe(accepted.updateVariant)
  expect(Object.keys(accepted).length).toBeGreaterThanOrEqual(9)

  const found = await shop.data(`query {
    order(externalId: "contended") { id version billingStatus currentInvoice { status } invoices(first: 100) { edges { node { id version } } } }
  }`)
  const ofSubject = (type: string, id: string) =>
    log.filter(event => event.type === type && String(event.data.id) === decodeGlobalId(id)?.id).length
  // Three invoices changed its billing status once, before.
  expect(found.order.version).toBe(2 + ofSubject('order.updated', found.order.id))
  expect(found.order.billingStatus).toBe(found.order.currentInvoice.status)
  for (const { node } of found.order.invoices.edges) {
    expect(node.version).toBe(1 + ofSubject('orders/invoice.updated', node.id))
  }
  const { rows } = await sql<{ deadlocks: string }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(gateway.databases.db)
  expect(rows).toEqual([{ deadlocks: '0' }])
})

function pick<Value>(values: readonly Value[], random: () => number): Value {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

async function mutate(mutation: string, input: object): Promise<string> {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const data: Record<string, Found> = await shop.data(
    `mutation ($input: ${name}!) { ${mutation}(input: $input) { __typename } }`,
    { input },
  )
  return data[mutation].__typename
}
