import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop
let subdomain: string

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  const { workspace } = await shop.data('{ workspace { subdomain } }')
  subdomain = workspace.subdomain
  await shop.data('mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }', {
    input: {
      contact: { id: shop.contactId },
      liveMode: true,
      externalId: 'scoped',
      lineItems: [{ variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }],
    },
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function as(scopes: string[], document: string, variables?: Record<string, unknown>) {
  const { key } = await gateway.createKey({ subdomain, scopes })
  return (await graphql(gateway.url, key, document, variables)).body
}

describe('a key without the scope is refused at the field', () => {
  test.each<[string, string]>([
    ['contacts:read', 'contacts { totalCount }'],
    ['contacts:read', 'contact(emailAddress: "ada@example.com") { id }'],
    ['catalog:read', 'products { totalCount }'],
    ['catalog:read', 'variants { totalCount }'],
    ['catalog:read', 'prices { totalCount }'],
    ['orders:read', 'orders { totalCount }'],
    ['orders:read', 'order(number: "#1001") { id }'],
    ['orders:read', 'invoices { totalCount }'],
    ['events:read', 'events { totalCount }'],
  ])('%s: %s', async (scope, field) => {
    const others = ['contacts:read', 'catalog:read', 'orders:read'].filter(other => other !== scope)
    const body = await as(others, `{ workspace { name } ${field} }`)
    const [error, ...rest] = body.errors ?? []
    expect(rest).toEqual([])
    expect(error).toMatchObject({ path: [field.split(/[ (]/)[0]], extensions: { code: 'FORBIDDEN', scope } })
  })
})

test('a relation into another area goes null, the rest of the answer stands', async () => {
  const body = await as(
    ['orders:read'],
    `{
    order(externalId: "scoped") { number contact { id } lineItems { quantity variant { id } price { id } product { id } } }
  }`,
  )
  expect(body.data).toEqual({
    order: {
      number: '#1001',
      contact: null,
      lineItems: [{ quantity: 1, variant: null, price: null, product: null }],
    },
  })
  expect(body.errors?.map(error => [error.path?.join('.'), error.extensions?.code]).sort()).toEqual([
    ['order.contact', 'FORBIDDEN'],
    ['order.lineItems.0.price', 'FORBIDDEN'],
    ['order.lineItems.0.product', 'FORBIDDEN'],
    ['order.lineItems.0.variant', 'FORBIDDEN'],
  ])
})

test('node asks for the scope of the object’s area', async () => {
  const body = await as(['orders:read'], 'query ($id: ID!) { node(id: $id) { id } }', { id: shop.contactId })
  expect(body.data).toEqual({ node: null })
  expect(body.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scope: 'contacts:read' })
})

test('a key that may only write is not shown what it wrote', async () => {
  const rows = await shop.rows()
  const document = `mutation { createContact(input: { emailAddress: "new@example.com" }) {
    __typename ... on CreateContactPayload { replayed contact { id } }
  } }`
  const refused = await as(['contacts:read'], document)
  expect(refused.errors?.[0]).toMatchObject({
    path: ['createContact'],
    extensions: { code: 'FORBIDDEN', scope: 'contacts:write' },
  })
  expect(await shop.rows()).toEqual(rows)
  const written = await as(['contacts:write'], document)
  expect(written.data).toEqual({
    createContact: { __typename: 'CreateContactPayload', replayed: false, contact: null },
  })
  expect((await shop.rows()).contacts).toBe((rows.contacts ?? 0) + 1)
})
