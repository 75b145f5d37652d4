import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop
let otherContactId: string
let otherVariantId: string
let otherProductId: string
let made: { id: string; number: string; createdAt: string }[]

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  const other = await shop.data(`mutation {
    createContact(input: { emailAddress: "bob@example.com" }) { ... on CreateContactPayload { contact { id } } }
    createProduct(input: { name: "Book" }) { ... on CreateProductPayload { product { id defaultVariant { id } } } }
  }`)
  otherContactId = other.createContact.contact.id
  otherProductId = other.createProduct.product.id
  otherVariantId = other.createProduct.product.defaultVariant.id
  const { createPrice } = await shop.data(
    `mutation ($id: ID!) { createPrice(input: { variantId: $id, amount: "12.50" }) { ... on CreatePricePayload { price { id } } } }`,
    { id: otherVariantId },
  )
  made = []
  for (let index = 0; index < 23; index += 1) {
    const isBook = index % 4 === 0
    const isSubscription = index % 5 === 1
    const book = { variantId: otherVariantId, priceId: createPrice.price.id, quantity: index + 1 }
    const course = {
      variantId: shop.variantId,
      priceId: isSubscription ? shop.subscriptionPriceId : shop.oneTimePriceId,
      quantity: 1,
    }
    const { createOrder } = await shop.data(
      `mutation ($input: CreateOrderInput!) {
        createOrder(input: $input) { ... on CreateOrderPayload { order { id number createdAt } } }
      }`,
      {
        input: {
          contact: { id: index < 10 ? shop.contactId : otherContactId },
          liveMode: index % 3 !== 0,
          externalId: `list-${index}`,
          serviceStatus: index % 6 === 0 ? 'COMPLETED' : 'PENDING',
          lineItems: [isBook ? book : course],
        },
      },
    )
    made.push(createOrder.order)
  }
  await shop.data('mutation ($id: ID!) { createInvoice(input: { order: { id: $id }, status: PAID }) { __typename } }', {
    id: made[3]?.id,
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const list = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter, $sort: OrderSort) {
  orders(first: $first, after: $after, last: $last, before: $before, filter: $filter, sort: $sort) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { number totalAmount } }
  }
}`

const orders = async (variables: object): Promise<Found> => (await shop.data(list, { ...variables })).orders
const numbersOf = (connection: Found): string[] => connection.edges.map((edge: Found) => edge.node.number)
const numbers = (keep: (index: number) => boolean) =>
  made.flatMap((order, index) => (keep(index) ? [order.number] : [])).reverse()

describe('paging', () => {
  test('newest first, twenty at a time, unless asked otherwise', async () => {
    const page = await orders({})
    expect(numbersOf(page)).toEqual(numbers(() => true).slice(0, 20))
    expect(page.totalCount).toBe(23)
    expect(page.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: page.edges[0].cursor,
      endCursor: page.edges[19].cursor,
    })
  })

  test.each([
    'CREATED_AT_DESC',
    'CREATED_AT_ASC',
    'UPDATED_AT_DESC',
    'UPDATED_AT_ASC',
    'TOTAL_AMOUNT_DESC',
    'TOTAL_AMOUNT_ASC',
  ])('pages of any size, forward and backward, make up the whole list: %s', async sort => {
    const whole = numbersOf(await orders({ first: 100, sort }))
    expect([...whole].sort()).toEqual(made.map(order => order.number).sort())
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.boolean(), async (size, isForward) => {
        const seen: string[] = []
        for (let cursor: string | null = null; ; ) {
          const page: Found = await orders(
            isForward ? { first: size, after: cursor, sort } : { last: size, before: cursor, sort },
          )
          if (isForward) seen.push(...numbersOf(page))
          else seen.unshift(...numbersOf(page))
          if (!(isForward ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage)) break
          cursor = isForward ? page.pageInfo.endCursor : page.pageInfo.startCursor
        }
        expect(seen).toEqual(whole)
      }),
      { numRuns: 6 },
    )
  })

  test('an empty page', async () => {
    expect(await orders({ first: 0 })).toMatchObject({
      edges: [],
      totalCount: 23,
      pageInfo: { hasNextPage: true, startCursor: null },
    })
  })

  test.each<[string, object, string, string]>([
    ['first: -1', { first: -1 }, 'BAD_USER_INPUT', 'first'],
    ['first: 101', { first: 101 }, 'BAD_USER_INPUT', 'first'],
    ['last: 101', { last: 101 }, 'BAD_USER_INPUT', 'last'],
    ['first and last', { first: 1, last: 1 }, 'BAD_USER_INPUT', 'last'],
    ['a garbage cursor', { after: 'garbage' }, 'BAD_CURSOR', 'after'],
    ['an empty cursor', { after: '' }, 'BAD_CURSOR', 'after'],
    ['a filter with the id of another type', { filter: { id: ['T3JkZXI'] } }, 'BAD_USER_INPUT', 'filter'],
    ['a filter with NUL', { filter: { externalId: ['\0'] } }, 'BAD_USER_INPUT', 'filter'],
    ['a filter with a bad date', { filter: { createdAt: { from: 'yesterday' } } }, 'BAD_USER_INPUT', 'filter'],
    ['a filter with a bad amount', { filter: { totalAmount: { from: '1e5' } } }, 'BAD_USER_INPUT', 'filter'],
    ['a filter with 21 digits', { filter: { totalAmount: { to: '1'.repeat(21) } } }, 'BAD_USER_INPUT', 'filter'],
    ['a filter with a bad number', { filter: { number: ['#one'] } }, 'BAD_USER_INPUT', 'filter'],
  ])('%s is refused', async (_what, variables, code, argument) => {
    const { body } = await graphql(gateway.url, shop.key, list, { ...variables })
    expect(body.errors?.[0]?.extensions).toMatchObject({ code, argument })
    expect(body.data ?? null).toBeNull()
  })

  test('a cursor belongs to one sort, one list and one workspace', async () => {
    const { edges } = await orders({ first: 1 })
    const { cursor } = edges[0]
    const other = await openShop(gateway)
    const answers = await Promise.all([
      graphql(gateway.url, shop.key, list, { after: cursor, sort: 'TOTAL_AMOUNT_ASC' }),
      graphql(gateway.url, other.key, list, { after: cursor }),
      graphql(gateway.url, shop.key, `query ($after: String) { contacts(after: $after) { totalCount } }`, {
        after: cursor,
      }),
    ])
    expect(answers.map(({ body }) => body.errors?.[0]?.extensions?.code)).toEqual([
      'BAD_CURSOR',
      'BAD_CURSOR',
      'BAD_CURSOR',
    ])
  })

  test('no mutated cursor breaks anything', async () => {
    const { edges } = await orders({ first: 1 })
    const place = Buffer.from(edges[0].cursor, 'base64url')
    await fc.assert(
      fc.asyncProperty(fc.nat(place.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flipped) => {
        const mutated = Buffer.from(place)
        mutated[at] = (mutated[at] ?? 0) ^ flipped
        const { status, body } = await graphql(gateway.url, shop.key, list, { after: mutated.toString('base64url') })
        expect(status).toBeLessThan(500)
        const code = body.errors?.[0]?.extensions?.code
        // Another time or id is still a place in the list.
        expect(code === undefined || code === 'BAD_CURSOR').toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

describe('filters', () => {
  const first = 100
  test.each<[string, () => object, (index: number) => boolean]>([
    ['id', () => ({ id: [made[2]?.id, made[4]?.id] }), index => index === 2 || index === 4],
    ['number', () => ({ number: ['#1003', '1005'] }), index => index === 2 || index === 4],
    ['externalId', () => ({ externalId: ['list-7', 'nothing'] }), index => index === 7],
    ['contactId', () => ({ contactId: otherContactId }), index => index >= 10],
    ['orderType', () => ({ orderType: ['SUBSCRIPTION_ORDER'] }), index => index % 5 === 1 && index % 4 !== 0],
    ['serviceStatus', () => ({ serviceStatus: ['COMPLETED'] }), index => index % 6 === 0 || index === 3],
    ['billingStatus', () => ({ billingStatus: ['PAID', 'DISPUTED'] }), index => index === 3],
    ['paymentProcessor', () => ({ paymentProcessor: ['STRIPE'] }), () => false],
    ['liveMode', () => ({ liveMode: false }), index => index % 3 === 0],
    [
      'createdAt',
      () => ({ createdAt: { from: made[5]?.createdAt, to: made[9]?.createdAt } }),
      index => index >= 5 && index < 9,
    ],
    [
      'totalAmount',
      () => ({ totalAmount: { from: '12.50', to: '100' } }),
      index => (index % 4 === 0 ? (index + 1) * 12.5 < 100 : index % 5 === 1),
    ],
    ['productId', () => ({ productId: otherProductId }), index => index % 4 === 0],
    ['variantId', () => ({ variantId: otherVariantId }), index => index % 4 === 0],
    [
      'several at once',
      () => ({ variantId: otherVariantId, liveMode: true, contactId: shop.contactId }),
      index => index % 4 === 0 && index % 3 !== 0 && index < 10,
    ],
    [
      'null',
      () => ({ variantId: null, liveMode: null, serviceStatus: null, createdAt: { from: null, to: null } }),
      () => true,
    ],
    ['no value of a list', () => ({ serviceStatus: [] }), () => false],
  ])('%s', async (_what, filter, keep) => {
    const page = await orders({ first, filter: filter() })
    expect(numbersOf(page)).toEqual(numbers(keep))
    expect(page.totalCount).toBe(numbers(keep).length)
  })
})

test('the largest total there can be is found by its amount', async () => {
  const rich = await openShop(gateway)
  const { createPrice } = await rich.data(
    `mutation ($id: ID!) { createPrice(input: { variantId: $id, amount: "999999999999.99" }) {
      ... on CreatePricePayload { price { id } } } }`,
    { id: rich.variantId },
  )
  const line = { variantId: rich.variantId, priceId: createPrice.price.id, quantity: 10_000 }
  const lineItems = Array.from({ length: 100 }, () => line)
  const { createOrder } = await rich.data(
    `mutation ($input: CreateOrderInput!) {
      createOrder(input: $input) { ... on CreateOrderPayload { order { totalAmount } } } }`,
    { input: { contact: { id: rich.contactId }, liveMode: true, lineItems } },
  )
  const { totalAmount } = createOrder.order
  expect(totalAmount).toBe('999999999999990000.00')
  const count = async (filter: object) => (await rich.data(list, { filter })).orders.totalCount
  expect(await count({ totalAmount: { from: totalAmount } })).toBe(1)
  expect(await count({ totalAmount: { to: totalAmount } })).toBe(0)
})

test('every relation leads both ways', async () => {
  const { product, price } = await shop.data(
    `query ($productId: ID!, $priceId: ID!) {
      product(id: $productId) { orders(first: 2) { totalCount pageInfo { hasNextPage endCursor } edges { node { number } } } }
      price(id: $priceId) { orders(first: 100) { totalCount edges { node { lineItems { price { id } } } } } }
    }`,
    { productId: otherProductId, priceId: shop.oneTimePriceId },
  )
  const books = numbers(index => index % 4 === 0)
  expect(product.orders.totalCount).toBe(books.length)
  expect(numbersOf(product.orders)).toEqual(books.slice(0, 2))
  expect(price.orders.totalCount).toBe(price.orders.edges.length)
  const { product: next } = await shop.data(
    'query ($id: ID!, $after: String) { product(id: $id) { orders(first: 100, after: $after) { edges { node { number } } } } }',
    { id: otherProductId, after: product.orders.pageInfo.endCursor },
  )
  expect(numbersOf(next.orders)).toEqual(books.slice(2))
  const { contact } = await shop.data(
    'query ($id: ID!) { contact(id: $id) { orders(last: 3) { totalCount edges { node { number contact { id } } } } } }',
    { id: shop.contactId },
  )
  expect(contact.orders.totalCount).toBe(10)
  expect(numbersOf(contact.orders)).toEqual(numbers(index => index < 3))
  expect(contact.orders.edges[0].node.contact.id).toBe(shop.contactId)
})
