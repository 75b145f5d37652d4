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

/** An order with one line, and its external id. */
async function order(isSubscription = false, members: object = {}): Promise<string> {
  made += 1
  const externalId = `order-${made}`
  const priceId = isSubscription ? shop.subscriptionPriceId : shop.oneTimePriceId
  const input = {
    contact: { id: shop.contactId },
    liveMode: true,
    externalId,
    lineItems: [{ variantId: shop.variantId, priceId, quantity: 2 }],
    ...members,
  }
  const { createOrder } = await shop.data(
    'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }',
    { input },
  )
  expect(createOrder.__typename).toBe('CreateOrderPayload')
  return externalId
}

const invoiceFields = `id number version status subtotalAmount shippingAmount totalAmount dueAmount paidAt dueAt
  allowedTransitions
  order { version serviceStatus billingStatus recurringInvoicesPaidCount currentInvoice { id } }`

async function invoice(orderId: string, members: object = {}): Promise<Found> {
  const { createInvoice } = await shop.data(
    `mutation ($input: CreateInvoiceInput!) {
      createInvoice(input: $input) {
        __typename
        ... on CreateInvoicePayload { invoice { ${invoiceFields} } }
        ... on InvalidInput { issues { code path } }
        ... on UserError { code path }
      }
    }`,
    { input: { order: { externalId: orderId }, ...members } },
  )
  return createInvoice
}

async function flip(id: string, status: string, members: object = {}): Promise<Found> {
  const { setInvoiceStatus } = await shop.data(
    `mutation ($input: SetInvoiceStatusInput!) {
      setInvoiceStatus(input: $input) {
        __typename
        ... on SetInvoiceStatusPayload { invoice { ${invoiceFields} } }
        ... on InvalidInput { issues { code path } }
        ... on InvalidTransition { from to allowed }
        ... on VersionConflict { current { ... on Invoice { version } } }
        ... on UserError { code path }
      }
    }`,
    { input: { invoice: { id }, status, ...members } },
  )
  return setInvoiceStatus
}

async function eventsOf(write: () => Promise<unknown>): Promise<string[]> {
  const before = (await shop.events()).at(-1)?.sequence
  await write()
  return (await shop.events(before)).map(event => event.type)
}

const allowed: Record<string, string[]> = {
  UNPAID: ['PAID', 'PAST_DUE', 'VOIDED'],
  PAST_DUE: ['UNPAID', 'PAID', 'VOIDED'],
  PAID: ['REFUNDED', 'DISPUTED'],
  DISPUTED: ['PAID', 'REFUNDED'],
  REFUNDED: ['PAID'],
  VOIDED: [],
}
const statuses = Object.keys(allowed)
const pairs = statuses.flatMap(from => [...statuses, 'DRAFT', 'ABANDONED'].map(to => [from, to] as const))

describe('the guard table', () => {
  test.each(pairs)('%s to %s', async (from, to) => {
    const { invoice: before } = await invoice(await order(), { status: from })
    const isReissue = from === 'PAST_DUE' && to === 'UNPAID'
    const rows = await shop.rows()
    const result = await flip(before.id, to, isReissue ? { dueAt: '2030-01-01T00:00:00Z' } : {})
    if (allowed[from]?.includes(to)) {
      expect(result.invoice).toMatchObject({ status: to, version: 2, number: before.number })
      expect(result.invoice.order.billingStatus).toBe(to)
      expect(result.invoice.dueAmount).toBe(to === 'UNPAID' || to === 'PAST_DUE' ? '396.00' : '0.00')
      expect(result.invoice.totalAmount).toBe('396.00')
    } else {
      expect(result).toMatchObject({ __typename: 'InvalidTransition', code: 'INVALID_TRANSITION', from, to })
      expect([...result.allowed].sort()).toEqual([...(allowed[from] ?? [])].sort())
      expect(await shop.rows()).toEqual(rows)
    }
  })
})

describe('a paid invoice', () => {
  test('completes a one-time order, with its events in order', async () => {
    const { invoice: unpaid } = await invoice(await order())
    let paid: Found
    const types = await eventsOf(async () => {
      paid = await flip(unpaid.id, 'PAID', { paidAt: '2026-01-10T20:15:01.524Z' })
    })
    expect(paid.invoice).toMatchObject({
      paidAt: '2026-01-10T20:15:01.524Z',
      order: { serviceStatus: 'COMPLETED', billingStatus: 'PAID', recurringInvoicesPaidCount: 0, version: 3 },
    })
    expect(types).toEqual([
      'orders/invoice.updated',
      'orders/invoice.paid',
      'one-time-order.invoice.paid',
      'order.updated',
      'order.completed',
      'one-time-order.completed',
    ])
  })

  test('created as paid counts as a flip; a second one completes nothing', async () => {
    const id = await order()
    const first = await eventsOf(() => invoice(id, { status: 'PAID' }))
    expect(first).toEqual([
      'orders/invoice.created',
      'orders/invoice.paid',
      'one-time-order.invoice.paid',
      'order.updated',
      'order.completed',
      'one-time-order.completed',
    ])
    const second = await eventsOf(() => invoice(id, { status: 'PAID' }))
    expect(second).toEqual(['orders/invoice.created', 'orders/invoice.paid', 'one-time-order.invoice.paid'])
  })

  test('counts for a subscription and leaves its service alone', async () => {
    const id = await order(true)
    const first = await invoice(id)
    const types = await eventsOf(() => flip(first.invoice.id, 'PAID'))
    expect(types).toEqual([
      'orders/invoice.updated',
      'orders/invoice.paid',
      'subscription.invoice.paid',
      'order.updated',
      'subscription.first_payment_received',
    ])
    const second = await invoice(id, { status: 'PAID', invoiceType: 'RENEWAL' })
    expect(second.invoice.order).toMatchObject({
      serviceStatus: 'PENDING',
      billingStatus: 'PAID',
      recurringInvoicesPaidCount: 2,
    })
  })

  test('is not counted again when a dispute is won, and keeps the day it was paid', async () => {
    const { invoice: paid } = await invoice(await order(true), { status: 'PAID', paidAt: '2026-01-01T00:00:00Z' })
    await flip(paid.id, 'DISPUTED')
    const types = await eventsOf(async () => {
      const { invoice: won } = await flip(paid.id, 'PAID')
      expect(won).toMatchObject({ paidAt: '2026-01-01T00:00:00.000Z', order: { recurringInvoicesPaidCount: 1 } })
    })
    expect(types).toEqual([
      'orders/invoice.updated',
      'orders/invoice.paid',
      'subscription.invoice.paid',
      'order.updated',
    ])
  })
})

test.each(['DISPUTED', 'REFUNDED'])('an invoice imported as %s counts once it is paid', async status => {
  const id = await order(true)
  let disputed: Found
  const imported = await eventsOf(async () => {
    disputed = (await invoice(id, { status, paidAt: '2026-01-01T00:00:00Z' })).invoice
  })
  const refunded = status === 'REFUNDED' ? ['orders/invoice.refunded'] : []
  expect(imported).toEqual(['orders/invoice.created', ...refunded, 'order.updated'])
  expect(disputed.order.recurringInvoicesPaidCount).toBe(0)
  const won = await eventsOf(async () => {
    const { invoice: paid } = await flip(disputed.id, 'PAID')
    expect(paid).toMatchObject({ paidAt: '2026-01-01T00:00:00.000Z', order: { recurringInvoicesPaidCount: 1 } })
  })
  expect(won).toEqual([
    'orders/invoice.updated',
    'orders/invoice.paid',
    'subscription.invoice.paid',
    'order.updated',
    'subscription.first_payment_received',
  ])
  await flip(disputed.id, 'REFUNDED')
  expect((await flip(disputed.id, 'PAID')).invoice.order.recurringInvoicesPaidCount).toBe(1)
})

test('the history says who, when and which event', async () => {
  const { invoice: unpaid } = await invoice(await order())
  await flip(unpaid.id, 'PAID')
  const { node } = await shop.data(
    `query ($id: ID!) { node(id: $id) { ... on Invoice {
      statusChanges { totalCount edges { node { from to changedAt actor { type name } event { eventType } } } }
      order { statusChanges { edges { node { from to event { eventType } } } } }
    } } }`,
    { id: unpaid.id },
  )
  const by = { changedAt: expect.any(String), actor: { type: 'Platform::Application', name: 'Test key' } }
  expect(node.statusChanges.edges.map((edge: Found) => edge.node)).toEqual([
    { from: null, to: 'UNPAID', ...by, event: { eventType: 'orders/invoice.created' } },
    { from: 'UNPAID', to: 'PAID', ...by, event: { eventType: 'orders/invoice.paid' } },
  ])
  expect(node.order.statusChanges.edges.map((edge: Found) => edge.node)).toEqual([
    { from: null, to: 'PENDING', event: { eventType: 'order.created' } },
    { from: 'PENDING', to: 'COMPLETED', event: { eventType: 'order.completed' } },
  ])
})

describe('other flips', () => {
  test.each<[string, boolean, string, string[]]>([
    [
      'REFUNDED',
      false,
      'PAID',
      ['orders/invoice.updated', 'orders/invoice.refunded', 'one_time_order.refunded', 'order.updated'],
    ],
    ['REFUNDED', true, 'PAID', ['orders/invoice.updated', 'orders/invoice.refunded', 'order.updated']],
    ['DISPUTED', false, 'PAID', ['orders/invoice.updated', 'order.updated']],
    ['PAST_DUE', false, 'UNPAID', ['orders/invoice.updated', 'orders/invoice.past_due', 'order.updated']],
    ['VOIDED', false, 'UNPAID', ['orders/invoice.updated', 'orders/invoice.voided', 'order.updated']],
  ])('to %s (subscription: %s) from %s', async (to, isSubscription, from, types) => {
    const { invoice: before } = await invoice(await order(isSubscription), { status: from })
    expect(await eventsOf(() => flip(before.id, to))).toEqual(types)
  })

  test('an older invoice does not decide the billing status', async () => {
    const id = await order()
    const { invoice: old } = await invoice(id, { issuedAt: '2026-01-01T00:00:00Z' })
    const { invoice: current } = await invoice(id, { issuedAt: '2026-02-01T00:00:00Z' })
    const types = await eventsOf(async () => {
      const { invoice: voided } = await flip(old.id, 'VOIDED')
      expect(voided.order).toMatchObject({ billingStatus: 'UNPAID', currentInvoice: { id: current.id } })
    })
    expect(types).toEqual(['orders/invoice.updated', 'orders/invoice.voided'])
  })

  test('a reissue needs a new due date, and only a reissue takes one', async () => {
    const { invoice: late } = await invoice(await order(), { status: 'PAST_DUE' })
    expect((await flip(late.id, 'UNPAID')).issues).toEqual([{ code: 'REQUIRED', path: ['input', 'dueAt'] }])
    const paid = await flip(late.id, 'PAID', { dueAt: '2030-01-01T00:00:00Z' })
    expect(paid.issues).toEqual([{ code: 'NOT_APPLICABLE', path: ['input', 'dueAt'] }])
    const old = await flip(late.id, 'UNPAID', { dueAt: '2020-01-01T00:00:00Z' })
    expect(old.issues).toEqual([{ code: 'DUE_BEFORE_ISSUED', path: ['input', 'dueAt'] }])
    const reissued = await flip(late.id, 'UNPAID', { dueAt: '2030-01-01T00:00:00Z' })
    expect(reissued.invoice).toMatchObject({ status: 'UNPAID', dueAt: '2030-01-01T00:00:00.000Z', dueAmount: '396.00' })
    await flip(late.id, 'PAST_DUE')
    const same = await flip(late.id, 'UNPAID', { dueAt: '2030-01-01T00:00:00Z' })
    expect(same.issues).toEqual([{ code: 'NOT_A_NEW_DATE', path: ['input', 'dueAt'] }])
  })

  test('nothing is paid in the future', async () => {
    const { invoice: unpaid } = await invoice(await order())
    const soon = new Date(Date.now() + 4 * 60_000).toISOString()
    const later = new Date(Date.now() + 6 * 60_000).toISOString()
    expect((await flip(unpaid.id, 'PAID', { paidAt: later })).issues).toEqual([
      { code: 'IN_THE_FUTURE', path: ['input', 'paidAt'] },
    ])
    expect((await flip(unpaid.id, 'PAID', { paidAt: soon })).invoice.paidAt).toBe(soon)
  })
})

test('one of many concurrent flips of one version wins', async () => {
  const { invoice: unpaid } = await invoice(await order())
  const types = await eventsOf(async () => {
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        flip(unpaid.id, index % 2 === 0 ? 'PAID' : 'VOIDED', { expectedVersion: 1 }),
      ),
    )
    const winners = results.filter(result => result.__typename === 'SetInvoiceStatusPayload')
    expect(winners).toHaveLength(1)
    const losers = results.filter(result => result.__typename === 'VersionConflict')
    expect(losers).toHaveLength(15)
    expect(losers.map(result => result.current.version)).toEqual(losers.map(() => 2))
  })
  expect(types.filter(type => type === 'orders/invoice.updated')).toHaveLength(1)
})

test('each of two flips in one document shows its own state', async () => {
  const { invoice: unpaid } = await invoice(await order())
  const field = (status: string) => `setInvoiceStatus(input: { invoice: { id: $id }, status: ${status} }) {
    ... on SetInvoiceStatusPayload { invoice { status version order { billingStatus currentInvoice { status } } } }
  }`
  const { a, b } = await shop.data(`mutation ($id: ID!) { a: ${field('PAID')} b: ${field('REFUNDED')} }`, {
    id: unpaid.id,
  })
  expect(a.invoice).toEqual({
    status: 'PAID',
    version: 2,
    order: { billingStatus: 'PAID', currentInvoice: { status: 'PAID' } },
  })
  expect(b.invoice).toEqual({
    status: 'REFUNDED',
    version: 3,
    order: { billingStatus: 'REFUNDED', currentInvoice: { status: 'REFUNDED' } },
  })
})
