import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { openReceiver, type Received, type Reply } from './receiver.ts'
import { databaseId, openWebhookShop, startSendingGateway, type WebhookShop } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const nameOf = ({ body }: Received) => JSON.parse(body).data.first_name as string

/** Asks for rest at the first request, then takes everything. */
function restingFirst(status: number, seconds: number): Reply {
  let requests = 0
  return response => {
    requests += 1
    if (requests === 1) response.writeHead(status, { 'retry-after': String(seconds) }).end()
    else response.writeHead(204).end()
  }
}

async function heldUntil(shop: WebhookShop, id: string): Promise<string | null> {
  const { webhookEndpoint } = await shop.data('query ($id: ID!) { webhookEndpoint(id: $id) { heldUntil } }', { id })
  return webhookEndpoint.heldUntil
}

async function wasHeld(shop: WebhookShop, id: string): Promise<boolean> {
  const { rows } = await sql`select from webhook_endpoints
    where workspace_id = ${shop.workspaceId} and id = ${databaseId(id)} and held_until is not null`.execute(
    gateway.databases.db,
  )
  return rows.length === 1
}

const names = ['Second', 'Third', 'Fourth']

test('Retry-After holds back all that goes to the endpoint, from every gateway, and nothing else', async () => {
  await using resting = await openReceiver(restingFirst(429, 4))
  await using receiver = await openReceiver()
  await using other = await startSendingGateway({ databaseUrl: gateway.databaseUrl })
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(resting.url, { eventTypes: ['CONTACT_UPDATED'] })
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  await shop.renameContact('First')
  await shop.until(() => wasHeld(shop, id))
  for (const name of names) await shop.renameAt(other.url, name)
  await receiver.arrived(4)
  await resting.arrived(5)
  const [first = 0, ...later] = resting.received.map(({ at }) => at)
  for (const at of later) expect(at - first).toBeGreaterThanOrEqual(4_000)
  expect(resting.received.map(nameOf).sort()).toEqual(['First', 'First', ...names].sort())
  await shop.until(async () => (await heldUntil(shop, id)) === null)
})

test('an ordered endpoint rests as a whole, and its order stays', async () => {
  await using resting = await openReceiver(restingFirst(503, 2))
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(resting.url, {
    ordered: true,
    eventTypes: ['CONTACT_UPDATED', 'CONTACT_CREATED'],
  })
  await shop.renameContact('First')
  await shop.until(() => wasHeld(shop, id))
  for (const name of names) await shop.renameContact(name)
  await shop.addContact()
  await resting.arrived(6)
  const [first = 0, ...later] = resting.received.map(({ at }) => at)
  for (const at of later) expect(at - first).toBeGreaterThanOrEqual(2_000)
  const renamed = resting.received.map(nameOf).filter(name => name !== null)
  expect(renamed).toEqual(['First', 'First', ...names])
})

test('what the receiver at the old URL asked for does not hold for a new one', async () => {
  await using resting = await openReceiver(restingFirst(429, 3_600))
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(resting.url, { eventTypes: ['CONTACT_UPDATED'] })
  await shop.renameContact('First')
  await shop.until(async () => (await heldUntil(shop, id)) !== null)
  for (const name of names) await shop.renameContact(name)
  await shop.data(
    'mutation ($input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(input: $input) { __typename } }',
    { input: { id, url: receiver.url } },
  )
  await receiver.arrived(3)
  expect(receiver.received.map(nameOf).sort()).toEqual([...names].sort())
  expect(resting.received).toHaveLength(1)
})
