import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDeliveryPartitions } from '../../src/webhooks/delivery-partitions.ts'
import { closeGate } from '../setup/gate.ts'
import type { Gateway } from '../setup/gateway.ts'
import { waitEvents } from '../setup/wait-events.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
  // The database that was copied may be of yesterday.
  await makeDeliveryPartitions(gateway.databases.db, new AbortController().signal)
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('a delivery that is made while strays move into the partition of their day waits, and is there with them', async () => {
  const { db } = gateway.databases
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  await sql`drop table ${sql.table(`webhook_deliveries_${today}`)}, ${sql.table(`webhook_attempts_${today}`)}`.execute(
    db,
  )
  await shop.renameContact('Stray')
  const delivered = async () => (await shop.deliveries({ status: ['DELIVERED'] })).length
  await shop.until(async () => (await delivered()) === 1)
  await using gate = await closeGate(gateway, 'delete', 'webhook_deliveries_default')
  const making = makeDeliveryPartitions(db, new AbortController().signal)
  await shop.until(gate.isReached)
  const replaying = shop.data(
    `mutation ($id: ID!) { replayEvents(input: { endpointId: $id, after: "START" }) {
      ... on ReplayEventsPayload { eventCount } } }`,
    { id },
  )
  await Promise.race([replaying, shop.until(async () => (await waitEvents(db)).includes('relation'))])
  await gate.open()
  expect(await Promise.all([making, replaying])).toEqual([1, { replayEvents: { eventCount: 1 } }])
  await shop.until(async () => (await delivered()) === 2)
  for (const parent of ['webhook_deliveries', 'webhook_attempts']) {
    const { rows } = await sql`
      select tableoid::regclass::text as name, count(*)::int as rows from ${sql.table(parent)}
      where workspace_id = ${shop.workspaceId} group by 1`.execute(db)
    expect(rows).toEqual([{ name: `${parent}_${today}`, rows: 2 }])
  }
})
