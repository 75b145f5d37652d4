import type { ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buryQueued } from '../../src/webhooks/bury-deliveries.ts'
import { noteHealth } from '../../src/webhooks/endpoint-health.ts'
import { lockEndpoint } from '../../src/webhooks/endpoint-store.ts'
import type { Result } from '../../src/webhooks/result-store.ts'
import { failedTrip } from '../../src/webhooks/send-event.ts'
import type { Gateway } from '../setup/gateway.ts'
import { waitEvents } from '../setup/wait-events.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('whoever writes a result waits for the endpoint before it holds its deliveries', async () => {
  const held: ServerResponse[] = []
  await using receiver = await openReceiver(response => void held.push(response))
  const shop = await openWebhookShop(gateway)
  const { db } = gateway.databases
  const endpoint = await shop.createEndpoint(receiver.url)
  await shop.renameContact('Deleted')
  await receiver.arrived(1)
  await db.transaction().execute(async trx => {
    await lockEndpoint(trx, shop.workspaceId, endpoint.databaseId)
    held[0]?.writeHead(500).end()
    await shop.until(async () => (await waitEvents(db)).includes('transactionid'))
    // Long before PostgreSQL looks for a deadlock.
    await sql`set local lock_timeout = '300ms'`.execute(trx)
    await buryQueued(trx, { workspaceId: shop.workspaceId, endpointId: endpoint.databaseId })
  })
  expect(await shop.deliveries()).toMatchObject([{ status: 'DEAD' }])
})

test('the result that ended last says whether an endpoint fails', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const { databaseId } = await shop.createEndpoint(receiver.url)
  const { db } = gateway.databases
  const ended = (status: Result['status'], startedAt: number, durationMs: number): Result => ({
    queued: {
      workspace_id: shop.workspaceId,
      delivery_id: '1',
      delivery_created_at: new Date().toISOString(),
      endpoint_id: databaseId,
      event_sequence: '1',
      event_created_at: new Date().toISOString(),
      attempts: 0,
      failures: 0,
      queued_at: new Date().toISOString(),
      lane: null,
    },
    trip: { ...failedTrip(startedAt, 'answered 500'), durationMs },
    status,
    waitMs: undefined,
    holdMs: undefined,
    failures: 0,
  })
  const isFailing = async (...results: Result[]) => {
    await db.transaction().execute(trx => noteHealth(trx, results))
    const { rows } = await sql<{ failing: boolean }>`
      select failing_since is not null as failing from webhook_endpoints where id = ${databaseId}`.execute(db)
    return rows[0]?.failing
  }
  expect(await isFailing(ended('delivered', 1_000, 50), ended('pending', 900, 200))).toBe(true)
  expect(await isFailing(ended('pending', 1_000, 50), ended('delivered', 900, 200))).toBe(false)
  expect(await isFailing(ended('dead', 900, 200), ended('delivered', 1_000, 50))).toBe(true)
  expect(await isFailing(ended('delivered', 900, 200), ended('dead', 1_000, 50))).toBe(false)
})
