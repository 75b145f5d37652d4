import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeGlobalId } from '../../src/shared/global-id.ts'
import { createOrder, createPrice, createProduct, foreignIds } from './catalog.ts'
import { invalid, plainPrice, sendPrice } from './price-mutations.ts'
import { openShops, type Shop, type Shops } from './shops.ts'

let shops: Shops
let shop: Shop
let variantId: string

beforeAll(async () => {
  shops = await openShops()
  shop = await shops.open('acme', 'USD')
  variantId = (await createProduct(shop, { name: 'Club' })).variantId
})

afterAll(() => shops[Symbol.asyncDispose]())

const update = (input: Record<string, unknown>) => sendPrice(shop, 'update', input)

test('an update leaves what is absent, clears what is null and writes nothing when nothing changes', async () => {
  const id = await createPrice(shop, { variantId, amount: '10', cost: '4', key: 'basic', selfCancel: true })
  const { price } = await update({ id, amount: '12', cost: null, selfCancel: null, visible: false, archived: true })
  expect(price).toMatchObject({
    amount: '12.00',
    cost: null,
    key: 'basic',
    selfCancel: false,
    visible: false,
    archived: true,
  })
  const again = await update({ id, amount: '12.0', archived: true })
  expect(again.price.updatedAt).toBe(price.updatedAt)
  expect(await update({ id, amount: null })).toEqual(invalid(['REQUIRED', 'amount']))
})

test('a price that becomes one-time loses its terms; one that becomes a subscription needs an interval', async () => {
  const plan = { paymentType: 'PAYMENT_PLAN', interval: 'WEEKS', duration: 3, trialInterval: 'DAYS', trialDuration: 7 }
  const id = await createPrice(shop, { variantId, amount: '10', ...plan })
  expect(await update({ id, paymentType: null })).toMatchObject({ price: { ...plainPrice, amount: '10.00' } })
  expect(await update({ id, paymentType: 'SUBSCRIPTION' })).toEqual(invalid(['REQUIRED', 'interval']))
  expect(await update({ id, paymentType: 'PAYMENT_PLAN' })).toEqual(
    invalid(['REQUIRED', 'interval'], ['REQUIRED', 'duration']),
  )
  expect(await update({ id, paymentType: 'SUBSCRIPTION', interval: 'YEARS' })).toMatchObject({
    price: { paymentType: 'SUBSCRIPTION', interval: 'YEARS', intervalCount: 1 },
  })
})

test('a payment plan keeps its duration; one that never had any can still be archived', async () => {
  const plan = { paymentType: 'PAYMENT_PLAN', interval: 'WEEKS', duration: 3 }
  const id = await createPrice(shop, { variantId, amount: '10', ...plan })
  expect(await update({ id, duration: null })).toEqual(invalid(['REQUIRED', 'duration']))
  await shops.databases.db
    .updateTable('prices')
    .set({ duration: null })
    .where('id', '=', decodeGlobalId(id)?.id ?? '')
    .execute()
  expect(await update({ id, archived: true })).toMatchObject({ price: { archived: true, duration: null } })
  expect(await update({ id, intervalCount: 2 })).toEqual(invalid(['REQUIRED', 'duration']))
})

const subscription = { paymentType: 'SUBSCRIPTION', interval: 'MONTHS', trialInterval: 'DAYS', trialDuration: 7 }

test.each([
  ['amount', { amount: '11' }],
  ['paymentType', { paymentType: 'PAYMENT_PLAN', duration: 3 }],
  ['paymentType', { paymentType: 'ONE_TIME' }],
  ['interval', { interval: 'YEARS' }],
  ['intervalCount', { intervalCount: 2 }],
  ['duration', { duration: 12 }],
  ['trialInterval', { trialInterval: 'WEEKS' }],
  ['trialDuration', { trialDuration: 8 }],
  ['trialAmount', { trialAmount: '1' }],
  ['setupAmount', { setupAmount: '1' }],
])('the %s of a subscription price that an order uses is fixed', async (member, change) => {
  const priceId = await createPrice(shop, { variantId, amount: '10', ...subscription })
  await createOrder(shop, { variantId, priceId })
  const before = await shops.counts()
  expect(await update({ id: priceId, name: 'New', ...change, idempotencyKey: 'in use' })).toEqual({
    __typename: 'PriceInUse',
    code: 'PRICE_IN_USE',
    path: ['input', member],
  })
  expect(await shops.counts()).toEqual(before)
  expect(await update({ id: priceId, amount: '10.00', interval: 'MONTHS', cost: '3', archived: true })).toMatchObject({
    price: { name: null, amount: '10.00', cost: '3.00', archived: true },
  })
})

test('a one-time price that an order uses can change, but not into a subscription', async () => {
  const priceId = await createPrice(shop, { variantId, amount: '10' })
  await createOrder(shop, { variantId, priceId })
  expect(await update({ id: priceId, amount: '11' })).toMatchObject({ price: { amount: '11.00' } })
  expect(await update({ id: priceId, paymentType: 'SUBSCRIPTION', interval: 'DAYS' })).toMatchObject({
    __typename: 'PriceInUse',
    path: ['input', 'paymentType'],
  })
})

test('a subscription price that no order uses can change', async () => {
  const id = await createPrice(shop, { variantId, amount: '10', ...subscription })
  expect(await update({ id, amount: '11', duration: 3 })).toMatchObject({ price: { amount: '11.00', duration: 3 } })
})

test('an amount that stands in the database without decimals is the same amount', async () => {
  const priceId = await createPrice(shop, { variantId, amount: '10', ...subscription })
  const { db } = shops.databases
  await db
    .updateTable('prices')
    .set({ amount: '10', cost: '3' })
    .where('id', '=', decodeGlobalId(priceId)?.id ?? '')
    .execute()
  await createOrder(shop, { variantId, priceId })
  expect(await update({ id: priceId, amount: '10.00', cost: '3.0' })).toMatchObject({
    __typename: 'UpdatePricePayload',
    price: { amount: '10.00', cost: '3.00' },
  })
})

test('a price that is unknown, or of another workspace, is not found', async () => {
  const other = await shops.open('other', 'USD')
  const foreign = await createProduct(other, { name: 'Foreign' })
  const foreignPrice = await createPrice(other, { variantId: foreign.variantId, amount: '1' })
  const before = await shops.counts()
  for (const id of foreignIds('Price', foreignPrice))
    expect(await update({ id, amount: '2', idempotencyKey: 'foreign' })).toEqual(invalid(['NOT_FOUND', 'id']))
  expect(await shops.counts()).toEqual(before)
})
