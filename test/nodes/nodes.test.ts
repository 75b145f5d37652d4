import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop
let other: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  other = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }'

function ask(ids: readonly string[], key = shop.key) {
  return graphql(gateway.url, key, document, { ids })
}

test('nodes stand in the order of their ids, again where an id stands again, null where there is none', async () => {
  const { contactId, productId, variantId, oneTimePriceId } = shop
  const unknown = encodeGlobalId('Order', '9223372036854775807')
  const ids = [variantId, contactId, unknown, oneTimePriceId, other.contactId, productId, contactId, other.productId]
  expect((await ask(ids)).body).toEqual({
    data: {
      nodes: [
        { __typename: 'Variant', id: variantId },
        { __typename: 'Contact', id: contactId },
        null,
        { __typename: 'Price', id: oneTimePriceId },
        null,
        { __typename: 'Product', id: productId },
        { __typename: 'Contact', id: contactId },
        null,
      ],
    },
  })
  expect((await ask([])).body).toEqual({ data: { nodes: [] } })
})

test('100 ids are read, 101 are refused', async () => {
  const ids = Array.from({ length: 101 }, () => shop.contactId)
  const { body } = await ask(ids.slice(1))
  expect(body).toEqual({ data: { nodes: ids.slice(1).map(id => ({ __typename: 'Contact', id })) } })
  expect((await ask(ids)).body).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'ids' } }],
  })
})

test.each([
  ['no base64url', 'ü'],
  ['nothing', ''],
  ['another type', Buffer.from('Secret:1').toString('base64url')],
  ['no number', Buffer.from('Contact:one').toString('base64url')],
  ['a number beyond bigint', Buffer.from('Contact:9223372036854775808').toString('base64url')],
  ['NUL', '\0'],
])('an id of %s is the error of its place', async (_, garbage) => {
  const { body } = await ask([shop.contactId, garbage, shop.productId])
  expect(body).toMatchObject({
    data: { nodes: [{ id: shop.contactId }, null, { id: shop.productId }] },
    errors: [{ path: ['nodes', 1], extensions: { code: 'BAD_USER_INPUT', argument: 'ids' } }],
  })
  expect(body.errors).toHaveLength(1)
})

test('what a key is not let into is the error of its place', async () => {
  const { workspace } = await shop.data('{ workspace { subdomain } }')
  const { key } = await gateway.createKey({ subdomain: workspace.subdomain, scopes: ['catalog:read'] })
  const product = { __typename: 'Product', id: shop.productId }
  expect((await ask([shop.productId], key)).body).toEqual({ data: { nodes: [product] } })
  const { body } = await ask([shop.productId, shop.contactId, shop.productId, 'garbage'], key)
  expect(body).toMatchObject({
    data: { nodes: [product, null, product, null] },
    errors: [
      { path: ['nodes', 1], extensions: { code: 'FORBIDDEN', scope: 'contacts:read' } },
      { path: ['nodes', 3], extensions: { code: 'BAD_USER_INPUT', argument: 'ids' } },
    ],
  })
  expect(body.errors).toHaveLength(2)
})

test('each time it is asked, compiled or not, the answer is the same', async () => {
  const ids = [shop.contactId, 'garbage', shop.productId]
  const [first, ...others] = await Promise.all([ask(ids), ask(ids), ask(ids), ask(ids)])
  for (const other of others) expect(other).toEqual(first)
})
