import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOrder, createPrice, createProduct, foreignIds } from './catalog.ts'
import { openShops, type Shop, type Shops } from './shop.ts'

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

const fields = `price {
  id name key amount currency paymentType interval intervalCount duration trialInterval trialDuration trialAmount
  setupAmount compareAtAmount cost selfCancel selfUpgrade selfDowngrade selfReactivate visible archived updatedAt
  variant { id } product { name }
}`
const refusals = '... on UserError { code path } ... on InvalidInput { issues { code path } }'

function create(input: Record<string, unknown>, asked: Shop = shop): Promise<Answer> {
  return asked.ask(
    `mutation($input: CreatePriceInput!) {
      createPrice(input: $input) { __typename ... on CreatePricePayload { replayed ${fields} } ${refusals} }
    }`,
    { input },
  )
}

function update(input: Record<string, unknown>): Promise<Answer> {
  return shop.ask(
    `mutation($input: UpdatePriceInput!) {
      updatePrice(input: $input) { __typename ... on UpdatePricePayload { replayed ${fields} } ${refusals} }
    }`,
    { input },
  )
}

interface Answer {
  __typename: string
  replayed: boolean
  price: { id: string; updatedAt: string }
}

function invalid(...issues: [string, string][]) {
  const listed = issues.map(([code, member]) => ({ code, path: ['input', member] }))
  return { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: listed[0]?.path, issues: listed }
}

const nothing = {
  name: null,
  key: null,
  currency: 'USD',
  paymentType: 'ONE_TIME',
  interval: null,
  intervalCount: null,
  duration: null,
  trialInterval: null,
  trialDuration: null,
  trialAmount: null,
  setupAmount: null,
  compareAtAmount: null,
  cost: null,
  selfCancel: false,
  selfUpgrade: false,
  selfDowngrade: false,
  selfReactivate: false,
  visible: true,
  archived: false,
}

test('an amount makes a one-time price in the workspace’s currency, without an event', async () => {
  const written = (await shops.counts()).events
  expect(await create({ variantId, amount: '0198' })).toEqual({
    __typename: 'CreatePricePayload',
    replayed: false,
    price: {
      ...nothing,
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
  const foreignPrice = await createPrice(yen, { variantId: foreign.variantId, amount: '1' })
  for (const id of foreignIds('Price', foreignPrice))
    expect(await update({ id, amount: '2' })).toEqual(invalid(['NOT_FOUND', 'id']))
  expect(await shops.counts()).toEqual({ ...before, prices: (before.prices ?? 0) + 1 })
})

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
  expect(await update({ id, paymentType: null })).toMatchObject({ price: { ...nothing, amount: '10.00' } })
  expect(await update({ id, paymentType: 'SUBSCRIPTION' })).toEqual(invalid(['REQUIRED', 'interval']))
  expect(await update({ id, paymentType: 'SUBSCRIPTION', interval: 'YEARS' })).toMatchObject({
    price: { paymentType: 'SUBSCRIPTION', interval: 'YEARS', intervalCount: 1 },
  })
})

const subscription = { paymentType: 'SUBSCRIPTION', interval: 'MONTHS', trialInterval: 'DAYS', trialDuration: 7 }

test.each([
  ['amount', { amount: '11' }],
  ['paymentType', { paymentType: 'PAYMENT_PLAN' }],
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

test('a replay answers with the same price and makes no other', async () => {
  const input = { variantId, amount: '7', idempotencyKey: 'seven' }
  const first = await create(input)
  const before = await shops.counts()
  expect(await create(input)).toEqual({ ...first, replayed: true })
  expect(await shops.counts()).toEqual(before)
})
