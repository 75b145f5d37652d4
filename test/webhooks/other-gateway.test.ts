import type { ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphqlData } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import type { Found } from '../setup/shop.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway, type WebhookShop } from './webhook-shop.ts'

let gateway: Gateway
let other: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
  // It changes endpoints and sends nothing itself.
  other = await startGateway({ databaseUrl: gateway.databaseUrl, env: { WEBHOOK_ALLOW_LOOPBACK: 'on' } })
})
afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

async function takenBy({ workspaceId }: WebhookShop): Promise<number> {
  const { rows } = await sql`
    select from webhook_queue where workspace_id = ${workspaceId} and leased`.execute(gateway.databases.db)
  return rows.length
}

test('what waits in memory is given back when another gateway disables the endpoint', async () => {
  const held: ServerResponse[] = []
  await using receiver = await openReceiver(response => void held.push(response))
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (let i = 0; i < 10; i += 1) await shop.renameContact(`Name ${i}`)
  await shop.until(async () => (await takenBy(shop)) === 10)
  await receiver.arrived(4)
  await graphqlData<Record<string, Found>>(
    other.url,
    shop.key,
    'mutation ($id: ID!) { disableWebhookEndpoint(input: { id: $id }) { __typename } }',
    { id },
  )
  await shop.until(async () => (await takenBy(shop)) === 4)
  for (const response of held) response.writeHead(204).end()
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 4)
  expect(receiver.received).toHaveLength(4)
  expect(await shop.deliveries({ status: ['PENDING'] })).toHaveLength(6)
})

test('what waits in memory goes to the URL that another gateway gives its endpoint, and nowhere when it deletes it', async () => {
  const held: ServerResponse[] = []
  await using receiver = await openReceiver(response => void held.push(response))
  const shop = await openWebhookShop(gateway)
  const make = async (path: string) =>
    (await shop.createEndpoint(`${receiver.url}/${path}`, { eventTypes: ['CONTACT_UPDATED'] })).id
  const ids = { moved: await make('old'), deleted: await make('deleted'), disabled: await make('disabled') }
  for (let i = 0; i < 6; i += 1) await shop.renameContact(`Name ${i}`)
  await shop.until(async () => (await takenBy(shop)) === 18)
  await receiver.arrived(12)
  await graphqlData<Record<string, Found>>(
    other.url,
    shop.key,
    `mutation ($moved: ID!, $deleted: ID!, $disabled: ID!) {
      updateWebhookEndpoint(input: { id: $moved, url: "${receiver.url}/new" }) { __typename }
      deleteWebhookEndpoint(input: { id: $deleted }) { __typename }
      disableWebhookEndpoint(input: { id: $disabled }) { __typename }
    }`,
    ids,
  )
  // Of the three only the last one shows, in what is given back; the others were seen before it.
  await shop.until(async () => (await takenBy(shop)) === 10)
  receiver.answers = 204
  for (const response of held) response.writeHead(204).end()
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length >= 14)
  const paths = Map.groupBy(receiver.received, ({ path }) => path)
  expect(Object.fromEntries([...paths].map(([path, { length }]) => [path, length]))).toEqual({
    '/hook/old': 4,
    '/hook/new': 2,
    '/hook/deleted': 4,
    '/hook/disabled': 4,
  })
  expect(await shop.deliveries({ status: ['DEAD'] })).toHaveLength(2)
  expect(await shop.deliveries({ status: ['PENDING'] })).toHaveLength(2)
})
