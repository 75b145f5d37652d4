import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdPrices } from '../../src/catalog/hold-prices.ts'
import { holdVariants } from '../../src/catalog/hold-variants.ts'
import { priceBody, priceMinimalBody } from '../../src/catalog/price-body.ts'
import { updatePrice } from '../../src/catalog/update-price.ts'
import { variantMinimalBody } from '../../src/catalog/variant-body.ts'
import { decodeGlobalId } from '../../src/shared/global-id.ts'
import { createOrder, createPrice, createProduct } from './catalog.ts'
import { openShops, type Shop, type Shops } from './shops.ts'

let shops: Shops
let shop: Shop
let product: Awaited<ReturnType<typeof createProduct>>
let price: string
let foreignPrice: string
let foreignVariant: string

beforeAll(async () => {
  shops = await openShops()
  shop = await shops.open('acme', 'USD')
  const other = await shops.open('other', 'USD')
  product = await createProduct(shop, { name: 'Club', defaultVariant: { name: 'Member', sku: 'M', description: 'D' } })
  price = await createPrice(shop, {
    variantId: product.variantId,
    amount: '9.5',
    name: 'Monthly',
    key: 'monthly',
    paymentType: 'SUBSCRIPTION',
    interval: 'MONTHS',
    duration: 12,
    setupAmount: '1',
  })
  const theirs = await createProduct(other, { name: 'Theirs' })
  foreignVariant = idOf(theirs.variantId)
  foreignPrice = idOf(await createPrice(other, { variantId: theirs.variantId, amount: '1' }))
})

afterAll(() => shops[Symbol.asyncDispose]())

function idOf(globalId: string): string {
  return decodeGlobalId(globalId)?.id ?? ''
}

function hold(ids: string[]) {
  return shops.databases.db.transaction().execute(trx => holdPrices(trx, shop.actor.workspace.id, ids))
}

test('a price is held with what a line needs of its variant and product', async () => {
  const held = await hold([idOf(price)])
  expect([...held.keys()]).toEqual([idOf(price)])
  const sold = held.get(idOf(price))
  expect(sold).toEqual({
    price: {
      workspace_id: shop.actor.workspace.id,
      id: idOf(price),
      public_id: expect.stringMatching(/^[a-z]{6}$/),
      variant_id: idOf(product.variantId),
      product_id: product.databaseId,
      name: 'Monthly',
      key: 'monthly',
      amount: '9.50',
      currency: 'USD',
      payment_type: 'subscription',
      interval: 'months',
      interval_count: 1,
      duration: 12,
      trial_interval: null,
      trial_duration: null,
      trial_amount: null,
      setup_amount: '1.00',
      compare_at_amount: null,
      cost: null,
      self_cancel: false,
      self_upgrade: false,
      self_downgrade: false,
      self_reactivate: false,
      visible: true,
      archived: false,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    },
    variant: {
      id: idOf(product.variantId),
      public_id: expect.stringMatching(/^[a-z]{6}$/),
      product_id: product.databaseId,
      name: 'Member',
      description: 'D',
      sku: 'M',
      fulfillment_required: false,
      archived: false,
    },
    product: {
      id: product.databaseId,
      public_id: expect.stringMatching(/^[a-z]{6}$/),
      name: 'Club',
      archived: false,
    },
  })
  if (sold === undefined) return
  expect(priceMinimalBody({ ...sold.price, amount: '9.5' })).toEqual({
    id: Number(idOf(price)),
    public_id: sold.price.public_id,
    name: 'Monthly',
    key: 'monthly',
    amount: '9.50',
    currency: 'USD',
    duration: 12,
    interval: 'months',
    interval_count: 1,
  })
  expect(priceBody(sold.price)).toEqual({
    id: Number(idOf(price)),
    public_id: sold.price.public_id,
    variant_id: product.variantNumber,
    name: 'Monthly',
    amount: '9.50',
    cost: '0.00',
    currency: 'USD',
    duration: 12,
    interval: 'months',
    trial_interval: null,
    trial_duration: null,
    trial_amount: '0.00',
    setup_amount: '1.00',
    self_cancel: false,
    self_upgrade: false,
    self_downgrade: false,
    self_reactivate: false,
    interval_count: 1,
    payment_type: 'subscription',
    visible: true,
    compare_at_amount: null,
    key: 'monthly',
    archived: false,
    created_at: sold.price.created_at,
    updated_at: sold.price.updated_at,
  })
  expect(variantMinimalBody(sold.variant)).toEqual({
    id: product.variantNumber,
    public_id: sold.variant.public_id,
    name: 'Member',
    description: 'D',
    sku: 'M',
  })
})

test('prices and variants of other workspaces, and unknown ones, are not held', async () => {
  expect(await hold([foreignPrice, '9223372036854775807'])).toEqual(new Map())
  expect(await hold([])).toEqual(new Map())
  const { db } = shops.databases
  const ids = [idOf(product.variantId), foreignVariant]
  const variants = await db.transaction().execute(trx => holdVariants(trx, shop.actor.workspace.id, ids))
  expect([...variants.keys()]).toEqual([idOf(product.variantId)])
})

test('a subscription price does not change while an order that uses it is on its way', async () => {
  const { db } = shops.databases
  const { actor } = shop
  const change = (amount: string) => updatePrice({ db, actor, committed() {} }, { id: price, amount })
  const held = Promise.withResolvers<void>()
  const ordered = Promise.withResolvers<void>()
  const order = db.transaction().execute(async trx => {
    await holdPrices(trx, actor.workspace.id, [idOf(price)])
    held.resolve()
    await ordered.promise
  })
  await held.promise
  let changed = false
  const update = change('10').then(() => {
    changed = true
  })
  await new Promise(resolve => setTimeout(resolve, 200))
  expect(changed).toBe(false)
  ordered.resolve()
  await order
  await update
  expect((await hold([idOf(price)])).get(idOf(price))?.price.amount).toBe('10.00')
  await createOrder(shop, { variantId: product.variantId, priceId: price })
  await expect(change('11')).rejects.toMatchObject({ code: 'PRICE_IN_USE', path: ['input', 'amount'] })
})
