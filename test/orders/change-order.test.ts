import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

let made = 0

async function order(isSubscription: boolean, serviceStatus = 'PENDING'): Promise<string> {
  made += 1
  const externalId = `change-${made}`
  const priceId = isSubscription ? shop.subscriptionPriceId : shop.oneTimePriceId
  const lineItems = [{ variantId: shop.variantId, priceId, quantity: 1 }]
  const input = { contact: { id: shop.contactId }, liveMode: true, externalId, serviceStatus, lineItems }
  const { createOrder } = await shop.data(
    'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }',
    { input },
  )
  expect(createOrder.__typename).toBe('CreateOrderPayload')
  return externalId
}

const orderFields = `number version notes externalId serviceStatus allowedTransitions nextChargeAt activatedAt canceledAt
  churnedAt cancelReason canceledBy shippingAddressCity`

async function change(
  mutation: 'updateOrder' | 'setOrderServiceStatus',
  externalId: string,
  members: object,
): Promise<Found> {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`
  const data = await shop.data(
    `mutation ($input: ${name}Input!) {
      ${mutation}(input: $input) {
        __typename
        ... on ${name}Payload { order { ${orderFields} } }
        ... on InvalidInput { issues { code path } }
        ... on VersionConflict { current { ... on Order { version } } }
        ... on UserError { code path }
      }
    }`,
    { input: { order: { externalId }, ...members } },
  )
  return data[mutation]
}

async function eventsOf(write: () => Promise<unknown>): Promise<string[]> {
  const before = (await shop.events()).at(-1)?.sequence
  await write()
  return (await shop.events(before)).map(event => event.type)
}

const machine: Record<string, Record<string, string[]>> = {
  one: { PENDING: ['COMPLETED'], COMPLETED: [] },
  many: {
    PENDING: ['ACTIVE', 'CANCELED'],
    ACTIVE: ['PAUSED', 'CANCELED', 'CHURNED', 'COMPLETED'],
    PAUSED: ['ACTIVE', 'CANCELED'],
    CANCELED: ['ACTIVE', 'CHURNED'],
    CHURNED: ['ACTIVE'],
    COMPLETED: [],
  },
}
const all = ['PENDING', 'ACTIVE', 'COMPLETED', 'CHURNED', 'CANCELED', 'SUSPENDED', 'PAUSED', 'ABANDONED', 'VOIDED']
const flips = Object.entries(machine).flatMap(([type, states]) =>
  Object.keys(states).flatMap(from => all.map(to => [type, from, to] as const)),
)

describe('the service machine', () => {
  test.each(flips)('%s-time: %s to %s', async (type, from, to) => {
    const id = await order(type === 'many', from)
    const rows = await shop.rows()
    const result = await change('setOrderServiceStatus', id, { status: to })
    const allowed = machine[type]?.[from] ?? []
    if (allowed.includes(to)) {
      expect(result.order).toMatchObject({ serviceStatus: to, version: 2 })
    } else {
      expect(result).toMatchObject({
        __typename: 'InvalidTransition',
        code: 'INVALID_TRANSITION',
        path: ['input', 'status'],
      })
      expect(await shop.rows()).toEqual(rows)
    }
  })

  test('the life of a subscription, event by event', async () => {
    const id = await order(true)
    const flip = (status: string, members: object = {}) =>
      eventsOf(() => change('setOrderServiceStatus', id, { status, ...members }))
    expect(await flip('ACTIVE')).toEqual(['order.updated', 'subscription.activated'])
    expect(await flip('PAUSED')).toEqual(['order.updated'])
    expect(await flip('ACTIVE')).toEqual(['order.updated', 'subscription.reactivated'])
    expect(await flip('CANCELED', { cancelReason: 'UNUSED', canceledBy: 'ada' })).toEqual([
      'order.updated',
      'subscription.canceled',
    ])
    const { order: canceled } = await shop.data(`query ($id: String) { order(externalId: $id) { ${orderFields} } }`, {
      id,
    })
    expect(canceled).toMatchObject({
      cancelReason: 'unused',
      canceledBy: 'ada',
      allowedTransitions: ['ACTIVE', 'CHURNED'],
    })
    expect([canceled.canceledAt, canceled.churnedAt]).toEqual([expect.any(String), expect.any(String)])
    expect(await flip('CHURNED')).toEqual(['order.updated', 'subscription.churned'])
    expect(await flip('ACTIVE')).toEqual(['order.updated', 'subscription.reactivated'])
    const { order: active } = await shop.data(`query ($id: String) { order(externalId: $id) { ${orderFields} } }`, {
      id,
    })
    expect(active).toMatchObject({ canceledAt: null, churnedAt: null, cancelReason: null, canceledBy: null })
    expect(await flip('COMPLETED')).toEqual(['order.updated', 'order.completed', 'subscription.completed'])
  })
})

test('null leaves a cancellation its defaults; what is none takes no dates', async () => {
  const id = await order(true, 'ACTIVE')
  const nulls = { canceledAt: null, churnedAt: null, cancelReason: null }
  const refused = await change('setOrderServiceStatus', id, { status: 'PAUSED', canceledAt: '2026-01-01T00:00:00Z' })
  expect(refused.issues).toEqual([{ code: 'NOT_APPLICABLE', path: ['input', 'canceledAt'] }])
  const canceled = await change('setOrderServiceStatus', id, { status: 'CANCELED', ...nulls })
  expect(canceled.order).toMatchObject({
    cancelReason: 'other',
    canceledAt: expect.any(String),
    churnedAt: expect.any(String),
  })
})

describe('updateOrder', () => {
  test('absent leaves, null clears', async () => {
    const id = await order(true)
    const date = '2030-01-01T00:00:00.000Z'
    const set = await change('updateOrder', id, { notes: 'A', shippingAddressCity: 'Paris', nextChargeAt: date })
    expect(set.order).toMatchObject({ notes: 'A', shippingAddressCity: 'Paris', nextChargeAt: date, version: 2 })
    const cleared = await change('updateOrder', id, { notes: null })
    expect(cleared.order).toMatchObject({ notes: null, shippingAddressCity: 'Paris', nextChargeAt: date, version: 3 })
  })

  test('an update that changes nothing writes nothing', async () => {
    const id = await order(false)
    await change('updateOrder', id, { notes: 'A' })
    const rows = await shop.rows()
    const same = await change('updateOrder', id, { notes: 'A' })
    expect(same.order.version).toBe(2)
    expect(await shop.rows()).toEqual(rows)
  })

  test('says so once', async () => {
    const id = await order(false)
    expect(await eventsOf(() => change('updateOrder', id, { notes: 'A' }))).toEqual(['order.updated'])
  })

  test('an older version is refused with the current one', async () => {
    const id = await order(false)
    await change('updateOrder', id, { notes: 'A', expectedVersion: 1 })
    const rows = await shop.rows()
    const late = await change('updateOrder', id, { notes: 'B', expectedVersion: 1 })
    expect(late).toMatchObject({ __typename: 'VersionConflict', code: 'VERSION_CONFLICT', current: { version: 2 } })
    expect(await shop.rows()).toEqual(rows)
  })

  test('a taken external id is refused; one’s own is no conflict', async () => {
    const [first, second] = [await order(false), await order(false)]
    expect((await change('updateOrder', second, { externalId: first })).__typename).toBe('ExternalIdTaken')
    expect((await change('updateOrder', second, { externalId: second, notes: 'A' })).order.externalId).toBe(second)
  })

  test('one-time orders have no subscription dates', async () => {
    const id = await order(false)
    const result = await change('updateOrder', id, { nextChargeAt: '2030-01-01T00:00:00Z', canceledBy: 'ada' })
    expect(result.issues).toEqual([
      { code: 'NOT_A_SUBSCRIPTION', path: ['input', 'nextChargeAt'] },
      { code: 'NOT_A_SUBSCRIPTION', path: ['input', 'canceledBy'] },
    ])
  })

  test('null is what one-time orders have there anyway', async () => {
    const id = await order(false)
    const updated = await change('updateOrder', id, { notes: 'A', nextChargeAt: null, canceledBy: null })
    expect(updated.order).toMatchObject({ notes: 'A', nextChargeAt: null, version: 2 })
    const flipped = await change('setOrderServiceStatus', id, { status: 'COMPLETED', canceledAt: null })
    expect(flipped.order).toMatchObject({ serviceStatus: 'COMPLETED', canceledAt: null, version: 3 })
  })

  test('an order of a processor takes notes only', async () => {
    const id = await order(false)
    const { db } = gateway.databases
    await db
      .updateTable('orders')
      .set({ payment_processor: 'payments_ai' })
      .where('workspace_id', '=', shop.workspaceId)
      .where('external_id', '=', id)
      .execute()
    const { id: rowId, number } = await db
      .selectFrom('orders')
      .select(['id', 'number'])
      .where('workspace_id', '=', shop.workspaceId)
      .where('external_id', '=', id)
      .executeTakeFirstOrThrow()
    expect(rowId).toMatch(/^\d+$/)
    const byNumber = async (mutation: string, members: object) => {
      const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`
      const data = await shop.data(
        `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { __typename ... on UserError { code path } } }`,
        { input: { order: { number: `#${number}` }, ...members } },
      )
      return data[mutation]
    }
    const refusal = { __typename: 'NotExternal', code: 'NOT_EXTERNAL', path: ['input', 'order'] }
    expect(await byNumber('updateOrder', { shippingAddressCity: 'Paris' })).toEqual(refusal)
    expect(await byNumber('setOrderServiceStatus', { status: 'COMPLETED' })).toEqual(refusal)
    expect(await byNumber('createInvoice', {})).toEqual(refusal)
    expect((await byNumber('updateOrder', { notes: 'A' })).__typename).toBe('UpdateOrderPayload')
  })
})
