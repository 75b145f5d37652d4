import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeGate } from '../setup/gate.ts'
import type { Gateway } from '../setup/gateway.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('what is claimed while its endpoint is disabled is not sent, but given back', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const names = ['One', 'Two', 'Three']
  for (const name of names) await shop.renameContact(name)
  const { id } = await shop.createEndpoint(`${receiver.url}/before`, { eventTypes: ['CONTACT_UPDATED'] })
  const mutate = (...calls: string[]) =>
    shop.data(`mutation ($id: ID!) { ${calls.map((call, index) => `m${index}: ${call} { __typename }`).join(' ')} }`, {
      id,
    })
  await using gate = await closeGate(gateway, 'update', 'webhook_queue')
  await mutate('replayEvents(input: { endpointId: $id, after: "START" })')
  await shop.until(gate.isReached)
  await mutate('disableWebhookEndpoint(input: { id: $id })')
  await gate.open()
  // Whoever gives a delivery back makes it due at that moment.
  const givenBack = async () => {
    const { rows } = await sql`
      select from webhook_queue
      where workspace_id = ${shop.workspaceId} and not leased and due_at > queued_at`.execute(gateway.databases.db)
    return rows.length
  }
  await shop.until(async () => (await givenBack()) === 3)
  await mutate(
    `updateWebhookEndpoint(input: { id: $id, url: "${receiver.url}/after" })`,
    'enableWebhookEndpoint(input: { id: $id })',
  )
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 3)
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook/after', '/hook/after', '/hook/after'])
  expect(receiver.received.map(({ body }) => JSON.parse(body).data.first_name).sort()).toEqual([...names].sort())
})
