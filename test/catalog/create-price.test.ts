import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeGlobalId } from '../../src/shared/global-id.ts'
import { createPrice, createProduct, createVariant, foreignIds } from './catalog.ts'
import { invalid, plainPrice, sendPrice } from './price-mutations.ts'
import { openShops, type Shop, type Shops } from './shops.ts'

let shops: Shops
let shop: Shop
let yen: Shop
let variantId: string

beforeAll(async () => {
  shops = await openShops()
  shop = await shops.open('acme', 'USD')
  yen = await shops.open('yen', 'JPY')
  variantId = (await createProduct(shop, { name: 'Club' })).variantId
})

afterAll(() => shops[Symbol.asyncDispose]())

const create = (input: Record<string, unknown>, asked = shop) => sendPrice(asked, 'create', input)

test('an amount makes a one-time price in the workspace’s currency, without an event', async () => {
  const written = (await shops.counts()).events
  expect(await create({ variantId, amount: '0198' })).toEqual({
    __typename: 'CreatePricePayload',
    replayed: false,
    price: {
      ...plainPrice,
      id: expect.any(String),
      amount: '198.00',
      updatedAt: expect.any(String),
      variant: { id: variantId },
      product: { name: 'Club' },
    },
  })
  expect((await shops.counts()).events).toBe(written)
})

test('a subscription is charged every interval and keeps all that is given', async () => {
  expect(await create({ variantId, amount: '97', paymentType: 'SUBSCRIPTION', interval: 'MONTHS' })).toMatchObject({
    price: { paymentType: 'SUBSCRIPTION', interval: 'MONTHS', intervalCount: 1, duration: null },
  })
  const full = {
    name: 'Quarterly',
    key: 'pro_quarterly',
    paymentType: 'PAYMENT_PLAN',
    interval: 'MONTHS',
    intervalCount: 3,
    duration: 4,
    trialInterval: 'DAYS',
    trialDuration: 14,
    selfCancel: true,
    selfUpgrade: true,
    selfDowngrade: true,
    selfReactivate: true,
    visible: false,
  }
  const amounts = {
    amount: '97.5',
    trialAmount: '1',
    setupAmount: '0.01',
    compareAtAmount: '897',
    cost: '999999999999.99',
  }
  expect(await create({ variantId, ...full, ...amounts })).toMatchObject({
    price: {
      ...full,
      amount: '97.50',
      trialAmount: '1.00',
      setupAmount: '0.01',
      compareAtAmount: '897.00',
      cost: '999999999999.99',
    },
  })
})

test('amounts have the decimals of the currency', async () => {
  const product = await createProduct(yen, { name: 'Kaban' })
  const answer = await create({ variantId: product.variantId, amount: '1200', setupAmount: '5' }, yen)
  expect(answer).toMatchObject({ price: { amount: '1200', setupAmount: '5', currency: 'JPY' } })
  expect(await create({ variantId: product.variantId, amount: '1200.0' }, yen)).toEqual(
    invalid(['INVALID_AMOUNT', 'amount']),
  )
})

test.each([
  ['a comma', '1,00'],
  ['an exponent', '1e3'],
  ['a sign', '-1'],
  ['digits of another script', '١٢'],
  ['too many decimals', '1.005'],
  ['too many digits', '1234567890123'],
  ['nothing', ''],
  ['a space', ' 1'],
])('%s is no amount', async (_, amount) => {
  const before = await shops.counts()
  expect(await create({ variantId, amount, setupAmount: amount })).toEqual(
    invalid(['INVALID_AMOUNT', 'setupAmount'], ['INVALID_AMOUNT', 'amount']),
  )
  expect(await shops.counts()).toEqual(before)
})

test.each([
  ['a subscription without interval', { paymentType: 'SUBSCRIPTION' }, ['REQUIRED', 'interval']],
  ['a payment plan without interval', { paymentType: 'PAYMENT_PLAN', duration: 3 }, ['REQUIRED', 'interval']],
  ['a payment plan without duration', { paymentType: 'PAYMENT_PLAN', interval: 'DAYS' }, ['REQUIRED', 'duration']],
  ['a one-time price with an interval', { interval: 'MONTHS' }, ['NOT_RECURRING', 'interval']],
  ['a one-time price with a duration', { duration: 3 }, ['NOT_RECURRING', 'duration']],
  [
    'a trial without duration',
    { paymentType: 'SUBSCRIPTION', interval: 'DAYS', trialInterval: 'DAYS' },
    ['INCOMPLETE_TRIAL', 'trialDuration'],
  ],
  [
    'a trial without interval',
    { paymentType: 'SUBSCRIPTION', interval: 'DAYS', trialDuration: 7 },
    ['INCOMPLETE_TRIAL', 'trialInterval'],
  ],
  ['no cycles', { paymentType: 'PAYMENT_PLAN', interval: 'DAYS', duration: 0 }, ['INVALID_COUNT', 'duration']],
  [
    'endless intervals',
    { paymentType: 'SUBSCRIPTION', interval: 'DAYS', intervalCount: 1001 },
    ['INVALID_COUNT', 'intervalCount'],
  ],
] as [string, object, [string, string]][])('%s is refused', async (_, terms, issue) => {
  const before = await shops.counts()
  expect(await create({ variantId, amount: '1', ...terms, idempotencyKey: 'refused' })).toEqual(invalid(issue))
  expect(await shops.counts()).toEqual(before)
})

test('a foreign variant and mistaken terms are listed together', async () => {
  const foreign = await createProduct(yen, { name: 'Foreign' })
  const before = await shops.counts()
  for (const id of foreignIds('Variant', foreign.variantId))
    expect(await create({ variantId: id, amount: '1', paymentType: 'SUBSCRIPTION' })).toEqual(
      invalid(['NOT_FOUND', 'variantId'], ['REQUIRED', 'interval']),
    )
  expect(await shops.counts()).toEqual(before)
})

test('a replay answers with the same price and makes no other', async () => {
  const input = { variantId, amount: '7', idempotencyKey: 'seven' }
  const first = await create(input)
  const before = await shops.counts()
  expect(await create(input)).toEqual({ ...first, replayed: true })
  expect(await shops.counts()).toEqual(before)
})

test('a variant has at most 100 prices', async () => {
  const product = await createProduct(shop, { name: 'Full' })
  const { db } = shops.databases
  const row = {
    workspace_id: shop.actor.workspace.id,
    product_id: product.databaseId,
    variant_id: String(product.variantNumber),
    amount: '1',
    currency: 'USD',
  }
  await db
    .insertInto('prices')
    .values(Array.from({ length: 99 }, () => row))
    .execute()
  await createPrice(shop, { variantId: product.variantId, amount: '1' })
  const before = await shops.counts()
  expect(await create({ variantId: product.variantId, amount: '1' })).toEqual(invalid(['TOO_MANY', 'variantId']))
  expect(await shops.counts()).toEqual(before)
})

test('a product has at most 1,000 prices, all its variants together', async () => {
  const product = await createProduct(shop, { name: 'Fuller' })
  const others: string[] = []
  for (let index = 0; index < 10; index += 1)
    others.push(await createVariant(shop, { productId: product.id, name: `Variant ${index}` }))
  const { db } = shops.databases
  const rows = others.flatMap(id => {
    const variant_id = decodeGlobalId(id)?.id ?? ''
    const { workspace } = shop.actor
    const row = { workspace_id: workspace.id, product_id: product.databaseId, variant_id, amount: '1', currency: 'USD' }
    return Array.from({ length: 100 }, () => row)
  })
  await db.insertInto('prices').values(rows.slice(1)).execute()
  await createPrice(shop, { variantId: product.variantId, amount: '1' })
  const before = await shops.counts()
  expect(await create({ variantId: product.variantId, amount: '1' })).toEqual(invalid(['TOO_MANY', 'variantId']))
  expect(await shops.counts()).toEqual(before)
})
