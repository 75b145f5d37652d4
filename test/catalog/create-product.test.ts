import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { openShops, type Shop, type Shops } from './shops.ts'

let shops: Shops
let shop: Shop

beforeAll(async () => {
  shops = await openShops()
  shop = await shops.open('acme', 'USD')
})

afterAll(() => shops[Symbol.asyncDispose]())

const createProduct = `mutation($input: CreateProductInput!) {
  createProduct(input: $input) {
    __typename
    ... on CreateProductPayload {
      replayed
      eventCursor
      product {
        databaseId publicId name visibleInStore visibleInCustomerCenter commissionable seoTitle seoDescription archived
        variantProperties { propertyId name }
        defaultVariant { id isDefault name description sku productType weight weightUnit height taxable visible archived }
        variants { databaseId publicId isDefault product { name } prices { id } }
        createdAt updatedAt
      }
    }
    ... on InvalidInput { code issues { code path } }
    ... on IdempotencyMismatch { code paths }
  }
}`

interface Answer {
  __typename: string
  replayed: boolean
  eventCursor: string
  product: {
    databaseId: string
    publicId: string
    variants: { databaseId: string; publicId: string }[]
    createdAt: string
    updatedAt: string
  }
}

test('a name makes a product with a digital default variant of that name, and two events', async () => {
  const written = (await shops.events(shop)).length
  const { product, ...answer } = await shop.ask<Answer>(createProduct, { input: { name: 'Acme Club' } })
  expect(answer).toEqual({
    __typename: 'CreateProductPayload',
    replayed: false,
    eventCursor: expect.stringMatching(/^[\w-]+$/),
  })
  const { databaseId, publicId, createdAt } = product
  const [variant] = product.variants
  expect(product).toEqual({
    databaseId: expect.stringMatching(/^\d+$/),
    publicId: expect.stringMatching(/^[a-z]{6}$/),
    name: 'Acme Club',
    visibleInStore: false,
    visibleInCustomerCenter: false,
    commissionable: false,
    seoTitle: null,
    seoDescription: null,
    archived: false,
    variantProperties: [],
    defaultVariant: {
      id: encodeGlobalId('Variant', variant?.databaseId ?? ''),
      isDefault: true,
      name: 'Acme Club',
      description: null,
      sku: null,
      productType: 'DIGITAL',
      weight: null,
      weightUnit: 'LB',
      height: null,
      taxable: true,
      visible: true,
      archived: false,
    },
    variants: [
      {
        databaseId: expect.stringMatching(/^\d+$/),
        publicId: expect.stringMatching(/^[a-z]{6}$/),
        isDefault: true,
        product: { name: 'Acme Club' },
        prices: [],
      },
    ],
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updatedAt: createdAt,
  })
  expect((await shops.events(shop)).slice(written)).toEqual([
    {
      type: 'product.created',
      subject_type: 'Product',
      subject_id: databaseId,
      data: {
        id: Number(databaseId),
        public_id: publicId,
        workspace_id: Number(shop.actor.workspace.id),
        name: 'Acme Club',
        current_path: null,
        archived: false,
        visible_in_store: false,
        visible_in_customer_center: false,
        image_id: null,
        seo_title: null,
        seo_description: null,
        seo_image_id: null,
        commissionable: false,
        image_ids: [],
        default_variant_id: Number(variant?.databaseId),
        variant_ids: [Number(variant?.databaseId)],
        price_ids: [],
        tag_ids: [],
        redirect_funnel_id: null,
        cancellation_funnel_url: null,
        created_at: createdAt,
        updated_at: createdAt,
        variant_properties: [],
      },
    },
    {
      type: 'products/variant.created',
      subject_type: 'Products::Variant',
      subject_id: variant?.databaseId,
      data: {
        id: Number(variant?.databaseId),
        public_id: variant?.publicId,
        product_id: Number(databaseId),
        name: 'Acme Club',
        description: null,
        sku: null,
        product_type: 'digital',
        properties_value_ids: [],
        out_of_stock_sales: 'false',
        weight: null,
        weight_unit: 'lb',
        height: null,
        width: null,
        length: null,
        dimensions_unit: null,
        quantity: null,
        tag_ids: [],
        tax_category_id: null,
        asset_ids: [],
        taxable: 'true',
        track_quantity: false,
        archived: false,
        visible: true,
        price_ids: [],
        fulfillment_required: false,
        country_of_manufacture_id: null,
        image_ids: [],
        fulfillments_location_ids: [],
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        default: true,
        properties_values: [],
        created_by_platform_application: null,
      },
    },
  ])
})

test('everything that is given stands on the product and its default variant', async () => {
  const { product } = await shop.ask<Answer>(createProduct, {
    input: {
      name: 'T-shirt',
      visibleInStore: true,
      visibleInCustomerCenter: null,
      commissionable: true,
      seoTitle: 'Shirts',
      seoDescription: 'Shirts of cotton.',
      variantProperties: [{ name: ' Size ' }, { name: 'Color  of cloth' }],
      defaultVariant: {
        name: 'Plain',
        description: 'A shirt.',
        sku: 'TS-1',
        productType: 'PHYSICAL',
        weight: '00.250',
        weightUnit: 'KG',
        height: '2',
        taxable: false,
        visible: false,
      },
    },
  })
  expect(product).toMatchObject({
    name: 'T-shirt',
    visibleInStore: true,
    visibleInCustomerCenter: false,
    commissionable: true,
    seoTitle: 'Shirts',
    seoDescription: 'Shirts of cotton.',
    variantProperties: [
      { propertyId: 1, name: 'Size' },
      { propertyId: 2, name: 'Color of cloth' },
    ],
    defaultVariant: {
      isDefault: true,
      name: 'Plain',
      description: 'A shirt.',
      sku: 'TS-1',
      productType: 'PHYSICAL',
      weight: '0.25',
      weightUnit: 'KG',
      height: '2.0',
      taxable: false,
      visible: false,
      archived: false,
    },
  })
})

test('every mistake in an input is listed, and nothing is written', async () => {
  const before = await shops.counts()
  const answer = await shop.ask(createProduct, {
    input: {
      name: ' ',
      seoTitle: 'a\0b',
      seoDescription: '\ud800',
      variantProperties: [{ name: '' }],
      defaultVariant: { name: 'x'.repeat(256), weight: '1,5', height: '1e3', width: '١' },
      idempotencyKey: 'mistakes',
    },
  })
  expect(answer).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    issues: [
      { code: 'INVALID_TEXT', path: ['input', 'seoTitle'] },
      { code: 'INVALID_TEXT', path: ['input', 'seoDescription'] },
      { code: 'BLANK', path: ['input', 'variantProperties', '0', 'name'] },
      { code: 'BLANK', path: ['input', 'name'] },
      { code: 'INVALID_NUMBER', path: ['input', 'defaultVariant', 'weight'] },
      { code: 'INVALID_NUMBER', path: ['input', 'defaultVariant', 'height'] },
      { code: 'INVALID_NUMBER', path: ['input', 'defaultVariant', 'width'] },
      { code: 'TOO_LONG', path: ['input', 'defaultVariant', 'name'] },
    ],
  })
  expect(await shops.counts()).toEqual(before)
})

test('properties of one name and properties of a number that is not there are refused', async () => {
  const before = await shops.counts()
  const variantProperties = [{ name: 'Size' }, { name: ' sIZE' }, { propertyId: 7, name: 'Color' }]
  expect(await shop.ask(createProduct, { input: { name: 'Cap', variantProperties } })).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    issues: [
      { code: 'DUPLICATE', path: ['input', 'variantProperties', '1', 'name'] },
      { code: 'NOT_FOUND', path: ['input', 'variantProperties', '2', 'propertyId'] },
    ],
  })
  expect(await shops.counts()).toEqual(before)
})

test('an idempotency key makes one product of many requests, and is bound to its input', async () => {
  const input = { name: 'Once', idempotencyKey: 'create-once' }
  const [first, second] = await Promise.all([
    shop.ask<Answer>(createProduct, { input }),
    shop.ask<Answer>(createProduct, { input }),
  ])
  expect(first.product).toEqual(second.product)
  expect(first.eventCursor).toBe(second.eventCursor)
  expect([first.replayed, second.replayed].sort()).toEqual([false, true])
  const before = await shops.counts()
  expect(await shop.ask(createProduct, { input: { ...input, name: 'Twice' } })).toEqual({
    __typename: 'IdempotencyMismatch',
    code: 'IDEMPOTENCY_MISMATCH',
    paths: [['input', 'name']],
  })
  expect(await shops.counts()).toEqual(before)
})

test('a key without catalog:write is refused, one without catalog:read does not see the product', async () => {
  const before = await shops.counts()
  const reader = await shop.withScopes(['catalog:read'])
  const refused = await reader.send(createProduct, { input: { name: 'Forbidden' } })
  expect(refused.errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
    { path: ['createProduct'], code: 'FORBIDDEN', scope: 'catalog:write' },
  ])
  expect(await shops.counts()).toEqual(before)
  const writer = await shop.withScopes(['catalog:write'])
  const blind = await writer.send(createProduct, { input: { name: 'Unseen' } })
  expect(blind.data).toMatchObject({ createProduct: { __typename: 'CreateProductPayload', product: null } })
  expect(blind.errors?.map(({ path }) => path)).toEqual([['createProduct', 'product']])
})
