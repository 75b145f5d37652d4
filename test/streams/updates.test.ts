import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../http/socket-client.ts'
import type { TestGateway } from '../http/test-gateway.ts'
import { until } from '../http/until.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { openEventSource } from './event-source.ts'
import { subscribe } from './stream-gateway.ts'

let gateway: Gateway
let shop: Shop
beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function newOrder(): Promise<string> {
  const { createOrder } = await shop.data(
    `mutation ($input: CreateOrderInput!) {
      createOrder(input: $input) { ... on CreateOrderPayload { order { id } } }
    }`,
    {
      input: {
        contact: { id: shop.contactId },
        liveMode: true,
        lineItems: [{ variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }],
      },
    },
  )
  return createOrder.order.id
}

const note = (id: string, notes: string) =>
  shop.data('mutation ($input: UpdateOrderInput!) { updateOrder(input: $input) { __typename } }', {
    input: { order: { id }, notes },
  })

test('orderUpdates gives the order as it is, then as it is after each change', async () => {
  const id = await newOrder()
  const other = await newOrder()
  await note(id, 'first')
  const client = await connect({ url: gateway.origin } as TestGateway, shop.key)
  const document = 'subscription ($id: ID!) { orderUpdates(id: $id) { id notes } }'
  const streams = [1, 2].map(() => subscribe(client, document, { id }))
  await until(() => streams.every(({ items }) => items.length === 1))
  await note(other, 'not this one')
  for (const notes of ['second', 'third']) {
    await note(id, notes)
    await until(() => streams.every(({ items }) => items.at(-1).notes === notes))
  }
  const expected = ['first', 'second', 'third'].map(notes => ({ id, notes }))
  expect(streams.map(({ items }) => items)).toEqual([expected, expected])
  client.socket.close()
})

test('invoiceUpdates does so for an invoice, over an event stream too', async () => {
  const order = await newOrder()
  const { createInvoice } = await shop.data(
    `mutation ($input: CreateInvoiceInput!) {
      createInvoice(input: $input) { ... on CreateInvoicePayload { invoice { id } } }
    }`,
    { input: { order: { id: order } } },
  )
  const { id } = createInvoice.invoice
  const query = encodeURIComponent('subscription ($id: ID!) { invoiceUpdates(id: $id) { id status } }')
  const variables = encodeURIComponent(JSON.stringify({ id }))
  const source = await openEventSource(`${gateway.origin}/graphql?query=${query}&variables=${variables}`, {
    authorization: `Bearer ${shop.key}`,
  })
  await until(() => source.messages.length === 1)
  expect(source.messages[0]?.data).toEqual({ data: { invoiceUpdates: { id, status: expect.any(String) } } })
  const { invoiceUpdates } = source.messages[0]?.data.data ?? {}
  await shop.data(
    `mutation ($id: ID!) { updateInvoice(input: { invoice: { id: $id }, dueAt: "2031-03-01T00:00:00Z" }) { __typename } }`,
    { id },
  )
  await until(() => source.messages.length === 2)
  expect(source.messages[1]?.data).toEqual({ data: { invoiceUpdates } })
  expect(source.messages[1]?.id).not.toBe(source.messages[0]?.id)
  source.close()
})

test('of an object that is not there is null, of another type refused', async () => {
  const client = await connect({ url: gateway.origin } as TestGateway, shop.key)
  const none = Buffer.from('Order:999999').toString('base64url')
  const [nothing, wrong] = [none, shop.contactId].map(id =>
    subscribe(client, 'subscription ($id: ID!) { orderUpdates(id: $id) { id } }', { id }),
  )
  await until(() => nothing?.results.length === 1 && wrong?.results.length === 1)
  expect(nothing?.results).toEqual([{ data: { orderUpdates: null } }])
  expect(wrong?.results[0].errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'id' } }])
  client.socket.close()
})
