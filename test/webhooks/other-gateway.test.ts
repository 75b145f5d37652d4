import type { ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphqlData } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import type { Found } from '../setup/shop.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway
let other: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
  // It changes endpoints and sends nothing itself.
  other = await startGateway({ databaseUrl: gateway.databaseUrl })
})
afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

test('what waits in memory is given back when another gateway disables the endpoint', async () => {
  const held: ServerResponse[] = []
  await using receiver = await openReceiver(response => void held.push(response))
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (let i = 0; i < 10; i += 1) await shop.renameContact(`Name ${i}`)
  const taken = async () => {
    const { rows } = await sql`
      select from webhook_queue where workspace_id = ${shop.workspaceId} and leased`.execute(gateway.databases.db)
    return rows.length
  }
  await shop.until(async () => (await taken()) === 10)
  await receiver.arrived(4)
  await graphqlData<Record<string, Found>>(
    other.url,
    shop.key,
    'mutation ($id: ID!) { disableWebhookEndpoint(input: { id: $id }) { __typename } }',
    { id },
  )
  await shop.until(async () => (await taken()) === 4)
  for (const response of held) response.writeHead(204).end()
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 4)
  expect(receiver.received).toHaveLength(4)
  expect(await shop.deliveries({ status: ['PENDING'] })).toHaveLength(6)
})
