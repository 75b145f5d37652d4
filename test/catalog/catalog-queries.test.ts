import { afterAll, beforeAll, expect, test } from 'vitest'
import { statementChannel } from '../../src/database/statement-count.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { createPrice, createProduct, createVariant, foreignIds } from './catalog.ts'
import { openShops, type Shop, type Shops } from './shops.ts'

let shops: Shops
let shop: Shop
let foreign: { product: string; variant: string; price: string }
let ids: Record<'shirt' | 'shirtDefault' | 'large' | 'course' | 'courseDefault' | 'once' | 'monthly' | 'plan', string>

beforeAll(async () => {
  shops = await openShops()
  shop = await shops.open('acme', 'USD')
  const other = await shops.open('other', 'USD')
  const theirs = await createProduct(other, { name: 'Theirs', visibleInStore: true })
  foreign = {
    product: theirs.id,
    variant: theirs.variantId,
    price: await createPrice(other, { variantId: theirs.variantId, amount: '1', key: 'monthly' }),
  }
  const shirt = await createProduct(shop, {
    name: 'Shirt',
    visibleInStore: true,
    defaultVariant: { productType: 'PHYSICAL', sku: 'S', fulfillmentRequired: true },
  })
  const large = await createVariant(shop, { productId: shirt.id, name: 'Large', sku: 'L', visible: false })
  const course = await createProduct(shop, { name: 'Course', visibleInCustomerCenter: true })
  const recurring = { amount: '9', interval: 'MONTHS' }
  ids = {
    shirt: shirt.id,
    shirtDefault: shirt.variantId,
    large,
    course: course.id,
    courseDefault: course.variantId,
    once: await createPrice(shop, { variantId: large, amount: '5', visible: false }),
    monthly: await createPrice(shop, {
      variantId: course.variantId,
      ...recurring,
      paymentType: 'SUBSCRIPTION',
      key: 'monthly',
    }),
    plan: await createPrice(shop, {
      variantId: course.variantId,
      ...recurring,
      paymentType: 'PAYMENT_PLAN',
      duration: 3,
    }),
  }
  await archive('Product', { id: ids.course, visibleInCustomerCenter: false })
  await archive('Variant', { id: ids.large })
  await archive('Price', { id: ids.plan })
})

afterAll(() => shops[Symbol.asyncDispose]())

function archive(what: string, input: object) {
  return shop.ask(`mutation($input: Update${what}Input!) { update${what}(input: $input) { __typename } }`, {
    input: { ...input, archived: true },
  })
}

interface List {
  totalCount: number
  nodes: { id: string }[]
  edges: { cursor: string; node: { id: string } }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string }
}

async function list(field: string, args: string): Promise<string[]> {
  const { edges, totalCount } = await shop.ask<List>(
    `{ ${field}(sort: CREATED_AT_ASC, ${args}) { totalCount edges { node { id } } } }`,
  )
  expect(totalCount).toBe(edges.length)
  return edges.map(({ node }) => nameOf(node.id))
}

function nameOf(id: string): string {
  return Object.entries(ids).find(([, known]) => known === id)?.[0] ?? 'foreign'
}

const quoted = (key: keyof typeof ids) => JSON.stringify(ids[key])

test.each([
  ['{}', ['shirt', 'course']],
  ['{ archived: null }', ['shirt', 'course']],
  ['{ archived: true }', ['course']],
  ['{ archived: false, visibleInStore: true }', ['shirt']],
  ['{ visibleInStore: false }', ['course']],
  ['{ visibleInCustomerCenter: true }', []],
  ['{ createdAt: { from: "1970-01-01T00:00:00Z", to: "2199-01-01T00:00:00Z" } }', ['shirt', 'course']],
  ['{ createdAt: { to: "1971-01-01T00:00:00Z" } }', []],
  ['{ updatedAt: { from: "2198-01-01T00:00:00Z" } }', []],
])('products: %s', async (filter, names) => {
  expect(await list('products', `filter: ${filter}`)).toEqual(names)
})

test.each([
  ['{}', ['shirtDefault', 'large', 'courseDefault']],
  ['{ productType: PHYSICAL }', ['shirtDefault', 'large']],
  ['{ archived: true }', ['large']],
  ['{ visible: true }', ['shirtDefault', 'courseDefault']],
  ['{ sku: "L" }', ['large']],
  ['{ sku: "l" }', []],
  ['{ fulfillmentRequired: true }', ['shirtDefault']],
  ['{ createdAt: { to: "1971-01-01T00:00:00Z" } }', []],
  ['{ updatedAt: { from: "1971-01-01T00:00:00Z" } }', ['shirtDefault', 'large', 'courseDefault']],
])('variants: %s', async (filter, names) => {
  expect(await list('variants', `filter: ${filter}`)).toEqual(names)
})

test.each([
  ['{}', ['once', 'monthly', 'plan']],
  ['{ paymentType: PAYMENT_PLAN }', ['plan']],
  ['{ archived: false }', ['once', 'monthly']],
  ['{ visible: false }', ['once']],
  ['{ key: "monthly" }', ['monthly']],
  ['{ createdAt: { to: "1971-01-01T00:00:00Z" } }', []],
  ['{ updatedAt: { from: "1971-01-01T00:00:00Z" } }', ['once', 'monthly', 'plan']],
])('prices: %s', async (filter, names) => {
  expect(await list('prices', `filter: ${filter}`)).toEqual(names)
})

test('lists are narrowed by ids and by what they belong to; foreign ids find nothing', async () => {
  expect(await list('products', `filter: { id: [${quoted('course')}, "${foreign.product}"] }`)).toEqual(['course'])
  expect(await list('variants', `filter: { id: [${quoted('large')}, "${foreign.variant}"] }`)).toEqual(['large'])
  expect(await list('prices', `filter: { id: [${quoted('plan')}, "${foreign.price}"] }`)).toEqual(['plan'])
  expect(await list('variants', `filter: { productId: ${quoted('shirt')} }`)).toEqual(['shirtDefault', 'large'])
  expect(await list('variants', `filter: { productId: "${foreign.product}" }`)).toEqual([])
  expect(await list('prices', `filter: { variantId: ${quoted('courseDefault')} }`)).toEqual(['monthly', 'plan'])
  expect(await list('prices', `filter: { productId: ${quoted('shirt')} }`)).toEqual(['once'])
  expect(await list('prices', `filter: { variantId: "${foreign.variant}" }`)).toEqual([])
  expect(await list('prices', `filter: { productId: "${foreign.product}" }`)).toEqual([])
})

test.each(['products', 'variants', 'prices'])('%s are paged from both ends, newest first by default', async field => {
  const page = (args: string) =>
    shop.ask<List>(
      `{ ${field}(${args}) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
    )
  const all = (await page('first: 100')).edges.map(({ node }) => node.id)
  const first = await page('first: 1')
  expect(first.edges.map(({ node }) => node.id)).toEqual(all.slice(0, 1))
  expect(first.pageInfo.hasNextPage).toBe(true)
  const rest = await page(`first: 100, after: "${first.pageInfo.endCursor}"`)
  expect(rest.edges.map(({ node }) => node.id)).toEqual(all.slice(1))
  expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  const back = await page(`last: 1, before: "${rest.edges[0]?.cursor}"`)
  expect(back.edges.map(({ node }) => node.id)).toEqual(all.slice(0, 1))
  const ascending = await page('first: 100, sort: CREATED_AT_ASC')
  expect(ascending.edges.map(({ node }) => node.id)).toEqual(all.toReversed())
  const byUpdate = await page('first: 1, sort: UPDATED_AT_DESC')
  expect(nameOf(byUpdate.edges[0]?.node.id ?? '')).toBe(
    { products: 'course', variants: 'large', prices: 'plan' }[field],
  )
})

test('single objects are found by id; those of other workspaces are not', async () => {
  const found = await shop.send(
    `{ product(id: ${quoted('shirt')}) { name } variant(id: ${quoted('large')}) { name } price(id: ${quoted('plan')}) { amount }
       node(id: ${quoted('plan')}) { __typename ... on Price { amount } } }`,
  )
  expect(found).toEqual({
    data: {
      product: { name: 'Shirt' },
      variant: { name: 'Large' },
      price: { amount: '9.00' },
      node: { __typename: 'Price', amount: '9.00' },
    },
  })
  for (const [field, typename, id] of [
    ['product', 'Product', foreign.product],
    ['variant', 'Variant', foreign.variant],
    ['price', 'Price', foreign.price],
  ] as const) {
    for (const unknown of foreignIds(typename, id)) {
      const answer = await shop.send(`{ ${field}(id: "${unknown}") { id } node(id: "${unknown}") { id } }`)
      expect(answer).toEqual({ data: { [field]: null, node: null } })
    }
  }
})

test.each<[string, string, string[]?, string?]>([
  ['{ product(id: "garbage") { id } }', 'id'],
  [`{ variant(id: "${encodeGlobalId('Product', '1')}") { id } }`, 'id'],
  [
    `{ prices(filter: { variantId: "${encodeGlobalId('Product', '1')}" }) { totalCount } }`,
    'filter',
    ['filter', 'variantId'],
  ],
  [
    `{ variants(filter: { id: ["${encodeGlobalId('Variant', '1')}", "x"] }) { totalCount } }`,
    'filter',
    ['filter', 'id', '1'],
  ],
  [
    `{ products(filter: { id: [${`"${encodeGlobalId('Product', '1')}",`.repeat(101)}] }) { totalCount } }`,
    'filter',
    ['filter', 'id'],
  ],
  ['query($text: String) { variants(filter: { sku: $text }) { totalCount } }', 'filter', ['filter', 'sku'], 'a\0'],
  ['query($text: String) { prices(filter: { key: $text }) { totalCount } }', 'filter', ['filter', 'key'], '\ud800'],
  [
    '{ products(filter: { createdAt: { from: "yesterday" } }) { totalCount } }',
    'filter',
    ['filter', 'createdAt', 'from'],
  ],
  [
    '{ products(filter: { updatedAt: { from: null, to: "2026-02-31T00:00:00Z" } }) { totalCount } }',
    'filter',
    ['filter', 'updatedAt', 'to'],
  ],
  ['{ products(first: 101) { totalCount } }', 'first'],
])('%s is refused', async (document, argument, path, text = '') => {
  const { errors } = await shop.send(document, { text })
  expect(errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'BAD_USER_INPUT', argument, ...(path !== undefined && { path }) },
  ])
})

test('a list of 100 ids is taken', async () => {
  const id = Array.from({ length: 100 }, () => ids.shirt)
  const document = 'query($id: [ID!]) { products(filter: { id: $id }) { totalCount } }'
  expect(await shop.ask(document, { id })).toEqual({ totalCount: 1 })
})

test('a product shows the prices of all its variants, and what orders name leads back to it', async () => {
  const { prices, variants } = await shop.ask<Record<'prices' | 'variants', { id: string }[]>>(
    `{ product(id: ${quoted('course')}) { prices { id product { id } variant { id } } variants { id product { id } } } }`,
  )
  const product = { id: ids.course }
  expect(prices).toEqual([
    { id: ids.monthly, product, variant: { id: ids.courseDefault } },
    { id: ids.plan, product, variant: { id: ids.courseDefault } },
  ])
  expect(variants).toEqual([{ id: ids.courseDefault, product }])
  const { prices: others } = await shop.ask<{ prices: unknown }>(
    `{ product(id: ${quoted('shirt')}) { prices { id variant { id } } } }`,
  )
  expect(others).toEqual([{ id: ids.once, variant: { id: ids.large } }])
})

test('sorts are described by the names of fields', async () => {
  const { enumValues } = await shop.ask<{ enumValues: { description: string }[] }>(
    '{ __type(name: "ProductSort") { enumValues { description } } }',
  )
  expect(enumValues.map(({ description }) => description)).toEqual([
    'By `createdAt`, smallest first.',
    'By `createdAt`, largest first.',
    'By `updatedAt`, smallest first.',
    'By `updatedAt`, largest first.',
  ])
})

test('the catalog is closed to a key without catalog:read', async () => {
  const stranger = await shop.withScopes(['orders:read'])
  for (const field of [`product(id: ${quoted('shirt')}) { id }`, 'variants { totalCount }', 'prices { totalCount }']) {
    const { errors } = await stranger.send(`{ ${field} }`)
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'FORBIDDEN', scope: 'catalog:read' }])
  }
})

test('products, their variants, prices and the way back cost six statements', async () => {
  const document = `query($first: Int!) {
    products(first: $first, sort: CREATED_AT_ASC) {
      edges { node {
        name
        defaultVariant { name }
        variants { name product { name } prices { amount variant { name } product { name } } }
      } }
    }
  }`
  const statements: string[] = []
  const listen = (text: unknown) => void statements.push(String(text))
  statementChannel.subscribe(listen)
  const answer = await shop.send(document, { first: 10 })
  statementChannel.unsubscribe(listen)
  expect(answer.errors).toBeUndefined()
  expect(answer.data).toMatchObject({
    products: {
      edges: [
        {
          node: {
            name: 'Shirt',
            defaultVariant: { name: 'Shirt' },
            variants: [
              { name: 'Shirt', product: { name: 'Shirt' }, prices: [] },
              {
                name: 'Large',
                product: { name: 'Shirt' },
                prices: [{ amount: '5.00', variant: { name: 'Large' }, product: { name: 'Shirt' } }],
              },
            ],
          },
        },
        {
          node: {
            variants: [{ prices: [{ amount: '9.00' }, { amount: '9.00' }] }],
          },
        },
      ],
    },
  })
  expect(statements.filter(text => /from "(products|variants|prices)"/.test(text))).toHaveLength(6)
})
