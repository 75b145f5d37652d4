import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { createPrice, createProduct, createVariant, foreignIds } from './catalog.ts'
import { openShops, type Shop, type Shops } from './shops.ts'

let shops: Shops
let shop: Shop
let other: Shop

beforeAll(async () => {
  shops = await openShops()
  shop = await shops.open('acme', 'USD')
  other = await shops.open('other', 'USD')
})

afterAll(() => shops[Symbol.asyncDispose]())

const updateProduct = `mutation($input: UpdateProductInput!) {
  updateProduct(input: $input) {
    __typename
    ... on UpdateProductPayload {
      replayed
      product {
        name visibleInStore visibleInCustomerCenter seoTitle archived updatedAt
        variantProperties { propertyId name }
      }
    }
    ... on UserError { code path }
    ... on InvalidInput { issues { code path } }
  }
}`

interface Answer {
  __typename: string
  replayed: boolean
  product: { updatedAt: string }
}

function update(input: Record<string, unknown>): Promise<Answer> {
  return shop.ask<Answer>(updateProduct, { input })
}

async function eventsOf(act: () => Promise<unknown>) {
  const before = (await shops.events(shop)).length
  await act()
  return (await shops.events(shop)).slice(before)
}

test('absent leaves, null clears, and the event shows the product with its variants and prices', async () => {
  const product = await createProduct(shop, {
    name: 'Course',
    visibleInStore: true,
    seoTitle: 'A',
    seoDescription: 'B',
  })
  const variantId = await createVariant(shop, { productId: product.id, name: 'Evening' })
  const priceId = await createPrice(shop, { variantId: product.variantId, amount: '10' })
  const input = { id: product.id, name: 'Course 2', seoTitle: null, visibleInStore: null }
  let answer: Answer | undefined
  const events = await eventsOf(async () => {
    answer = await update(input)
  })
  expect(answer).toEqual({
    __typename: 'UpdateProductPayload',
    replayed: false,
    product: {
      name: 'Course 2',
      visibleInStore: false,
      visibleInCustomerCenter: false,
      seoTitle: null,
      archived: false,
      updatedAt: expect.any(String),
      variantProperties: [],
    },
  })
  expect(events).toEqual([
    {
      type: 'product.updated',
      subject_type: 'Product',
      subject_id: product.databaseId,
      data: expect.objectContaining({
        id: Number(product.databaseId),
        name: 'Course 2',
        seo_title: null,
        seo_description: 'B',
        default_variant_id: product.variantNumber,
        variant_ids: [product.variantNumber, numberOf(variantId)],
        price_ids: [numberOf(priceId)],
        updated_at: answer?.product.updatedAt,
      }),
    },
  ])
})

test('an update that changes nothing writes nothing', async () => {
  const product = await createProduct(shop, { name: 'Same', variantProperties: [{ name: 'Size' }] })
  const before = await shops.counts()
  const { product: first } = await update({ id: product.id })
  const { product: second } = await update({
    id: product.id,
    name: 'Same',
    visibleInStore: false,
    seoTitle: null,
    variantProperties: [{ name: 'Size' }],
  })
  expect(second).toEqual(first)
  expect(await shops.counts()).toEqual(before)
})

test('a visible product can’t be archived, an archived one can’t be shown, both together can', async () => {
  const product = await createProduct(shop, { name: 'Live', visibleInCustomerCenter: true })
  const live = (member: string) => ({ __typename: 'ProductIsLive', code: 'PRODUCT_IS_LIVE', path: ['input', member] })
  const before = await shops.counts()
  expect(await update({ id: product.id, archived: true, idempotencyKey: 'live' })).toEqual(live('archived'))
  expect(await shops.counts()).toEqual(before)
  expect(await update({ id: product.id, archived: true, visibleInCustomerCenter: false })).toMatchObject({
    product: { archived: true, visibleInCustomerCenter: false },
  })
  expect(await update({ id: product.id, visibleInStore: true })).toEqual(live('visibleInStore'))
  expect(await update({ id: product.id, visibleInCustomerCenter: true })).toEqual(live('visibleInCustomerCenter'))
  expect(await update({ id: product.id, archived: false, visibleInStore: true })).toMatchObject({
    product: { archived: false, visibleInStore: true },
  })
})

test('a name can’t be cleared', async () => {
  const product = await createProduct(shop, { name: 'Named' })
  expect(await update({ id: product.id, name: null })).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    path: ['input', 'name'],
    issues: [{ code: 'REQUIRED', path: ['input', 'name'] }],
  })
})

test('properties keep their numbers; those in which variants agree go, with the values of the variants', async () => {
  const variantProperties = [{ name: 'Size' }, { name: 'Color' }, { name: 'Cut' }]
  const product = await createProduct(shop, { name: 'Shirt', variantProperties })
  const values = (size: string, color: string) => [
    { property: 'Size', value: size },
    { property: 'Color', value: color },
    { property: 'Cut', value: 'V' },
  ]
  const make = (size: string, color: string) =>
    createVariant(shop, { productId: product.id, name: `${size} ${color}`, propertiesValues: values(size, color) })
  const small = await make('S', 'Red')
  const large = await make('L', ' RED ')
  const before = await shops.counts()
  const refusal = await update({ id: product.id, variantProperties: [{ name: 'Color' }] })
  expect(refusal).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    path: ['input', 'variantProperties'],
    issues: [{ code: 'PROPERTY_IN_USE', path: ['input', 'variantProperties'] }],
  })
  expect(await shops.counts()).toEqual(before)
  const events = await eventsOf(async () => {
    const given = [{ name: 'Fabric' }, { propertyId: 3, name: 'Neck' }, { name: 'size' }]
    expect(await update({ id: product.id, variantProperties: given })).toMatchObject({
      product: {
        variantProperties: [
          { propertyId: 4, name: 'Fabric' },
          { propertyId: 3, name: 'Neck' },
          { propertyId: 1, name: 'size' },
        ],
      },
    })
  })
  expect(events.map(({ type, subject_id }) => [type, Number(subject_id)])).toEqual([
    ['product.updated', Number(product.databaseId)],
    ['products/variant.updated', numberOf(small)],
    ['products/variant.updated', numberOf(large)],
  ])
  expect(events[1]?.data).toMatchObject({
    name: 'S Red',
    properties_values: [
      { property_id: 1, value: 'S' },
      { property_id: 3, value: 'V' },
    ],
  })
})

test('a product that is unknown, or of another workspace, is not found', async () => {
  const foreign = await createProduct(other, { name: 'Foreign' })
  const before = await shops.counts()
  for (const id of foreignIds('Product', foreign.id)) {
    expect(await update({ id, name: 'Mine', idempotencyKey: 'foreign' })).toEqual({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      path: ['input', 'id'],
      issues: [{ code: 'NOT_FOUND', path: ['input', 'id'] }],
    })
  }
  const answer = await update({ id: encodeGlobalId('Variant', '1'), name: 'Mine' })
  expect(answer).toMatchObject({ issues: [{ code: 'INVALID_ID', path: ['input', 'id'] }] })
  expect(await shops.counts()).toEqual(before)
})

test('a replay answers with the product and writes nothing more', async () => {
  const product = await createProduct(shop, { name: 'Before' })
  const input = { id: product.id, name: 'After', idempotencyKey: 'rename' }
  expect(await update(input)).toMatchObject({ replayed: false, product: { name: 'After' } })
  const before = await shops.counts()
  expect(await update(input)).toMatchObject({ replayed: true, product: { name: 'After' } })
  expect(await shops.counts()).toEqual(before)
})

function numberOf(globalId: string): number {
  return Number(Buffer.from(globalId, 'base64url').toString().split(':')[1])
}
