import { afterAll, beforeAll, expect, test } from 'vitest'
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

const variantFields = `variant {
  databaseId name isDefault description sku productType weight weightUnit height width length dimensionsUnit taxable
  trackQuantity outOfStockSales fulfillmentRequired visible archived quantity
  propertiesValues { propertyId property value }
  product { id }
}`
const refusals = '... on UserError { code path } ... on InvalidInput { issues { code path } }'

function create(input: Record<string, unknown>): Promise<Answer> {
  return shop.ask(
    `mutation($input: CreateVariantInput!) {
      createVariant(input: $input) { __typename ... on CreateVariantPayload { replayed ${variantFields} } ${refusals} }
    }`,
    { input },
  )
}

function update(input: Record<string, unknown>): Promise<Answer> {
  return shop.ask(
    `mutation($input: UpdateVariantInput!) {
      updateVariant(input: $input) { __typename ... on UpdateVariantPayload { replayed ${variantFields} } ${refusals} }
    }`,
    { input },
  )
}

interface Answer {
  __typename: string
  replayed: boolean
  variant: { databaseId: string }
}

function invalid(...issues: [string, ...string[]][]) {
  const listed = issues.map(([code, ...path]) => ({ code, path: ['input', ...path] }))
  return { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: listed[0]?.path, issues: listed }
}

const shirt = {
  name: 'Shirt',
  variantProperties: [{ name: 'Size' }, { name: 'Color' }],
  defaultVariant: {
    description: 'A shirt.',
    sku: 'TS',
    productType: 'PHYSICAL',
    weight: '12.5',
    weightUnit: 'OZ',
    height: '1',
    width: '2',
    length: '3',
    dimensionsUnit: 'inches',
    taxable: false,
    visible: false,
    fulfillmentRequired: true,
  },
}
const redLarge = [
  { property: 'color', value: ' Deep  red ' },
  { property: 'SIZE', value: 'L' },
]

test('a variant copies from the default one what the input leaves open, and nothing else', async () => {
  const product = await createProduct(shop, shirt)
  const written = (await shops.events(shop)).length
  const { variant } = await create({ productId: product.id, name: 'L red', sku: null, propertiesValues: redLarge })
  expect(variant).toEqual({
    databaseId: expect.any(String),
    name: 'L red',
    isDefault: false,
    description: 'A shirt.',
    sku: 'TS',
    productType: 'PHYSICAL',
    weight: '12.5',
    weightUnit: 'OZ',
    height: '1.0',
    width: '2.0',
    length: '3.0',
    dimensionsUnit: 'inches',
    taxable: false,
    trackQuantity: false,
    outOfStockSales: false,
    fulfillmentRequired: false,
    visible: true,
    archived: false,
    quantity: null,
    propertiesValues: [
      { propertyId: 1, property: 'Size', value: 'L' },
      { propertyId: 2, property: 'Color', value: 'Deep red' },
    ],
    product: { id: product.id },
  })
  const events = (await shops.events(shop)).slice(written)
  expect(events).toEqual([
    {
      type: 'products/variant.created',
      subject_type: 'Products::Variant',
      subject_id: variant.databaseId,
      data: expect.objectContaining({
        id: Number(variant.databaseId),
        product_id: Number(product.databaseId),
        name: 'L red',
        sku: 'TS',
        product_type: 'physical',
        weight: '12.5',
        weight_unit: 'oz',
        height: '1.0',
        taxable: 'false',
        default: false,
        price_ids: [],
        properties_values: [
          { property_id: 1, value: 'L' },
          { property_id: 2, value: 'Deep red' },
        ],
      }),
    },
  ])
  await update({ id: product.variantId, sku: 'TS-2' })
  const again = await update({ id: encodeVariant(variant.databaseId) })
  expect(again.variant).toEqual(variant)
})

test('what a variant says itself is not copied', async () => {
  const product = await createProduct(shop, shirt)
  const own = { description: 'Own', sku: 'X', productType: 'DIGITAL', weight: '1', weightUnit: 'G', taxable: true }
  const { variant } = await create({ productId: product.id, name: 'Own', ...own, propertiesValues: redLarge })
  expect(variant).toMatchObject({ ...own, weight: '1.0', height: '1.0' })
})

test('every property needs exactly one value, and all that is wrong is listed', async () => {
  const product = await createProduct(shop, shirt)
  const before = await shops.counts()
  const none = await create({ productId: product.id, name: 'None' })
  expect(none).toEqual(invalid(['REQUIRED', 'propertiesValues'], ['REQUIRED', 'propertiesValues']))
  const propertiesValues = [
    { property: 'Size', value: 'L' },
    { property: 'Cut', value: 'V' },
    { property: 'size', value: 'M' },
  ]
  expect(await create({ productId: product.id, name: 'Wrong', propertiesValues, idempotencyKey: 'wrong' })).toEqual(
    invalid(
      ['NOT_FOUND', 'propertiesValues', '1', 'property'],
      ['DUPLICATE', 'propertiesValues', '2', 'property'],
      ['REQUIRED', 'propertiesValues'],
    ),
  )
  expect(await shops.counts()).toEqual(before)
})

test('an update leaves what is absent, clears what is null, and sets standard values back', async () => {
  const product = await createProduct(shop, shirt)
  const priceId = await createPrice(shop, { variantId: product.variantId, amount: '5' })
  const written = (await shops.events(shop)).length
  const cleared = { sku: null, weight: null, productType: null, weightUnit: null, taxable: null, visible: null }
  const { variant } = await update({ id: product.variantId, name: 'Plain', archived: true, ...cleared })
  expect(variant).toMatchObject({
    name: 'Plain',
    isDefault: true,
    description: 'A shirt.',
    sku: null,
    weight: null,
    height: '1.0',
    productType: 'DIGITAL',
    weightUnit: 'LB',
    taxable: true,
    visible: true,
    archived: true,
    fulfillmentRequired: true,
  })
  expect((await shops.events(shop)).slice(written)).toEqual([
    {
      type: 'products/variant.updated',
      subject_type: 'Products::Variant',
      subject_id: variant.databaseId,
      data: expect.objectContaining({
        name: 'Plain',
        sku: null,
        archived: true,
        default: true,
        price_ids: [Number(Buffer.from(priceId, 'base64url').toString().slice('Price:'.length))],
      }),
    },
  ])
  const before = await shops.counts()
  await update({ id: product.variantId, name: 'Plain', archived: true, height: '01.00', ...cleared })
  expect(await shops.counts()).toEqual(before)
})

test('values of properties are replaced as a whole; the default variant takes none', async () => {
  const product = await createProduct(shop, shirt)
  const id = await createVariant(shop, { productId: product.id, name: 'L red', propertiesValues: redLarge })
  const propertiesValues = [
    { property: 'Size', value: 'M' },
    { property: 'Color', value: 'Blue' },
  ]
  expect(await update({ id, propertiesValues })).toMatchObject({
    variant: {
      propertiesValues: [
        { property: 'Size', value: 'M' },
        { property: 'Color', value: 'Blue' },
      ],
    },
  })
  const before = await shops.counts()
  await update({ id, propertiesValues: propertiesValues.toReversed() })
  expect(await update({ id, propertiesValues: null })).toEqual(
    invalid(['REQUIRED', 'propertiesValues'], ['REQUIRED', 'propertiesValues']),
  )
  expect(await update({ id: product.variantId, propertiesValues })).toEqual(
    invalid(['NOT_FOUND', 'propertiesValues', '0', 'property'], ['NOT_FOUND', 'propertiesValues', '1', 'property']),
  )
  await update({ id: product.variantId, propertiesValues: [] })
  expect(await shops.counts()).toEqual(before)
})

test('products and variants that are unknown, or of another workspace, are not found', async () => {
  const foreign = await createProduct(other, { name: 'Foreign' })
  const before = await shops.counts()
  for (const productId of foreignIds('Product', foreign.id))
    expect(await create({ productId, name: 'Mine' })).toEqual(invalid(['NOT_FOUND', 'productId']))
  for (const id of foreignIds('Variant', foreign.variantId))
    expect(await update({ id, name: 'Mine' })).toEqual(invalid(['NOT_FOUND', 'id']))
  expect(await shops.counts()).toEqual(before)
})

test('a replay answers with the same variant and writes nothing more', async () => {
  const product = await createProduct(shop, { name: 'Cap' })
  const input = { productId: product.id, name: 'Second', idempotencyKey: 'second' }
  const first = await create(input)
  const before = await shops.counts()
  expect(await create(input)).toEqual({ ...first, replayed: true })
  expect(await shops.counts()).toEqual(before)
})

test('a product has at most 100 variants', async () => {
  const product = await createProduct(shop, { name: 'Full' })
  const { db } = shops.databases
  const row = { workspace_id: shop.actor.workspace.id, product_id: product.databaseId, name: 'One of many' }
  await db
    .insertInto('variants')
    .values(Array.from({ length: 98 }, () => row))
    .execute()
  await createVariant(shop, { productId: product.id, name: 'Last' })
  const before = await shops.counts()
  expect(await create({ productId: product.id, name: 'Beyond' })).toEqual(invalid(['TOO_MANY', 'productId']))
  expect(await shops.counts()).toEqual(before)
})

function encodeVariant(databaseId: string): string {
  return Buffer.from(`Variant:${databaseId}`).toString('base64url')
}
