import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  await shop.data('mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }', {
    input: {
      contact: { id: shop.contactId },
      liveMode: true,
      externalId: 'held',
      lineItems: [{ variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }],
    },
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const updateOrder = `mutation ($input: UpdateOrderInput!) {
  updateOrder(input: $input) { __typename ... on UserError { code path } }
}`
const update = (notes: string, idempotencyKey?: string) =>
  graphql(gateway.url, shop.key, updateOrder, {
    input: { order: { externalId: 'held' }, notes, ...(idempotencyKey !== undefined && { idempotencyKey }) },
  })

/** Holds the order's row while `act` runs. */
async function holding<Result>(act: () => Promise<Result>): Promise<Result> {
  return gateway.databases.db.transaction().execute(async trx => {
    await trx
      .selectFrom('orders')
      .select('id')
      .where('workspace_id', '=', shop.workspaceId)
      .where('external_id', '=', 'held')
      .forUpdate()
      .execute()
    return act()
  })
}

test('a row that others hold for too long is no error of the request: it may be sent again', async () => {
  const rows = await shop.rows()
  const { status, body } = await holding(() => update('late'))
  expect([status, body.errors?.[0]?.extensions?.code]).toEqual([503, 'OVERLOADED'])
  expect(await shop.rows()).toEqual(rows)
})

test('duplicates wait for the first without a connection, then say that it is under way', async () => {
  const answers = await holding(async () => {
    let answered = 0
    const duplicates = Array.from({ length: 12 }, async () => {
      const answer = await update('once', 'in flight')
      answered += 1
      return answer
    })
    // Twelve duplicates leave the five connections to others: nobody has to wait until one of them gives up.
    expect((await graphql(gateway.url, shop.key, '{ orders(filter: { liveMode: true }) { totalCount } }')).status).toBe(
      200,
    )
    expect(answered).toBe(0)
    return Promise.all(duplicates)
  })
  const outcomes = answers.map(({ body }) => {
    const result = body.data?.updateOrder as { code?: string } | null | undefined
    return result?.code ?? body.errors?.[0]?.extensions?.code
  })
  expect(new Set(outcomes)).toEqual(new Set(['OVERLOADED', 'IDEMPOTENCY_IN_FLIGHT']))
  expect(outcomes.filter(outcome => outcome === 'OVERLOADED').length).toBeLessThanOrEqual(2)
  const { body } = await update('once', 'in flight')
  expect(body.data).toEqual({ updateOrder: { __typename: 'UpdateOrderPayload' } })
})
