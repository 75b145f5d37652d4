import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../http/socket-client.ts'
import type { TestGateway } from '../http/test-gateway.ts'
import { until } from '../http/until.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { sequencesOf, subscribe } from './stream-gateway.ts'

let gateway: Gateway
let shop: Shop
let contactId: string
let productId: string
let types: Map<number, string>

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  const made = await shop.data(`mutation {
    createContact(input: { firstName: "Grace" }) { ... on CreateContactPayload { contact { id } } }
    createProduct(input: { name: "Book" }) { ... on CreateProductPayload { product { id defaultVariant { id } } } }
  }`)
  contactId = made.createContact.contact.id
  const { product } = made.createProduct
  productId = product.id
  const { createPrice } = await shop.data(
    `mutation ($variantId: ID!) {
      createPrice(input: { variantId: $variantId, amount: "10.00" }) { ... on CreatePricePayload { price { id } } }
    }`,
    { variantId: product.defaultVariant.id },
  )
  const book = { variantId: product.defaultVariant.id, priceId: createPrice.price.id, quantity: 1 }
  const course = { variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }
  await buy(contactId, true, [course])
  await buy(contactId, false, [book, course])
  await buy(shop.contactId, true, [book])
  types = new Map((await shop.events()).map(({ sequence, type }) => [sequence, type]))
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function buy(contact: string, liveMode: boolean, lineItems: object[]): Promise<void> {
  const { createOrder } = await shop.data(
    `mutation ($input: CreateOrderInput!) {
      createOrder(input: $input) { ... on CreateOrderPayload { order { id } } }
    }`,
    { input: { contact: { id: contact }, liveMode, lineItems } },
  )
  const { createInvoice } = await shop.data(
    `mutation ($input: CreateInvoiceInput!) {
      createInvoice(input: $input) { ... on CreateInvoicePayload { invoice { id } } }
    }`,
    { input: { order: { id: createOrder.order.id } } },
  )
  expect(createInvoice.invoice.id).toBeTypeOf('string')
}

/** The same filter over a list and over a stream, from the beginning. */
async function both(filter: Record<string, unknown>): Promise<number[]> {
  const { events } = await shop.data(
    'query ($filter: EventFilter!) { events(first: 100, filter: $filter) { totalCount edges { node { sequence } } } }',
    { filter },
  )
  const listed = events.edges.map(({ node }: { node: { sequence: string } }) => Number(node.sequence))
  expect(events.totalCount).toBe(listed.length)
  const client = await connect({ url: gateway.origin } as TestGateway, shop.key)
  const stream = subscribe(
    client,
    `subscription ($types: [EventType!], $groups: [EventGroup!], $contactId: ID, $productId: ID, $liveMode: Boolean) {
      events(after: "START", types: $types, groups: $groups, contactId: $contactId, productId: $productId, liveMode: $liveMode) {
        __typename ... on Event { sequence }
      }
    }`,
    filter,
  )
  await until(() => stream.items.at(-1)?.__typename === 'CaughtUp')
  client.socket.close()
  expect(sequencesOf(stream)).toEqual(listed)
  return listed
}

const typesOf = (sequences: number[]) => new Set(sequences.map(sequence => types.get(sequence)))
const count = (type: string, sequences: number[]) => sequences.filter(sequence => types.get(sequence) === type).length

test('a contact: itself, its orders and their invoices', async () => {
  const found = await both({ contactId })
  expect(['contact.created', 'order.created', 'orders/invoice.created'].map(type => count(type, found))).toEqual([
    1, 2, 2,
  ])
  const others = await both({ contactId: shop.contactId })
  expect(count('order.created', others)).toBe(1)
  expect(found.filter(sequence => others.includes(sequence))).toEqual([])
})

test('a product: itself, its variants, and what sells it', async () => {
  const found = await both({ productId })
  expect(
    ['product.created', 'products/variant.created', 'order.created', 'orders/invoice.created'].map(type =>
      count(type, found),
    ),
  ).toEqual([1, 1, 2, 2])
  expect(count('contact.created', found)).toBe(0)
})

test('groups, types and modes, together', async () => {
  expect(typesOf(await both({ groups: ['INVOICE'] }))).toEqual(new Set(['orders/invoice.created']))
  const orders = await both({ groups: ['ORDER', 'CONTACT'] })
  expect(typesOf(orders)).toContain('contact.created')
  expect(count('orders/invoice.created', orders)).toBe(0)
  const mixed = await both({ groups: ['INVOICE'], types: ['CONTACT_CREATED'], liveMode: false })
  expect([...typesOf(mixed)]).toEqual(['orders/invoice.created'])
  expect(await both({ groups: [] })).toEqual([])
  const all = await both({ contactId, productId, groups: ['INVOICE'] })
  expect(all).toHaveLength(1)
})
