import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buryForgotten } from '../../src/webhooks/bury-deliveries.ts'
import { dropExpiredDeliveries, makeDeliveryPartitions } from '../../src/webhooks/delivery-partitions.ts'
import type { Gateway } from '../setup/gateway.ts'
import { failForAnHour, openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway
const { signal } = new AbortController()

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent in ('webhook_deliveries'::regclass, 'webhook_attempts'::regclass) order by 1`.execute(
    gateway.databases.db,
  )
  return rows.map(({ name }) => name)
}

test('there are partitions for today and a week ahead, made once', async () => {
  // Two tables of eight days and a default each.
  expect(await partitions()).toHaveLength(18)
  expect(await makeDeliveryPartitions(gateway.databases.db, signal)).toBe(0)
})

test('what the default partition took moves into the one that is made for its day', async () => {
  const { db } = gateway.databases
  await using receiver = await openReceiver(failForAnHour)
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url)
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  for (const parent of ['webhook_deliveries', 'webhook_attempts']) {
    await sql`drop table ${sql.table(`${parent}_${today}`)}`.execute(db)
  }
  await shop.renameContact('Stray')
  await shop.until(async () => (await shop.deliveries())[0]?.attemptCount === 1)
  const strays = async () =>
    (await sql<{ n: string }>`select count(*) as n from webhook_deliveries_default`.execute(db)).rows[0]?.n
  expect(await strays()).toBe('1')
  expect(await makeDeliveryPartitions(db, signal)).toBe(1)
  expect(await strays()).toBe('0')
  expect(await shop.deliveries()).toMatchObject([{ attemptCount: 1, attempts: [{ statusCode: 500 }] }])
})

test('days are dropped when their dead letters were kept for 30 days', async () => {
  const { db } = gateway.databases
  await sql`select create_webhook_partitions((now() at time zone 'UTC')::date - 36, (now() at time zone 'UTC')::date - 34)`.execute(
    db,
  )
  const day = (age: number) => new Date(Date.now() - age * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
  const dropped = await dropExpiredDeliveries(db, signal)
  expect(dropped).toEqual(
    [day(36), day(35)].flatMap(name => [`webhook_attempts_${name}`, `webhook_deliveries_${name}`]).sort(),
  )
  expect(await partitions()).toContain(`webhook_deliveries_${day(34)}`)
})

test('what waited for a disabled endpoint for more than 72 hours is given up', async () => {
  const { db } = gateway.databases
  await using receiver = await openReceiver(failForAnHour)
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(receiver.url)
  await shop.renameContact('Forgotten')
  await shop.until(async () => (await shop.deliveries())[0]?.attemptCount === 1)
  await shop.data('mutation ($id: ID!) { disableWebhookEndpoint(input: { id: $id }) { __typename } }', { id })
  expect(await buryForgotten(db, signal)).toBe(0)
  await sql`update webhook_queue set queued_at = now() - interval '74 hours' where workspace_id = ${shop.workspaceId}`.execute(
    db,
  )
  expect(await buryForgotten(db, signal)).toBe(1)
  expect(await shop.deliveries()).toMatchObject([{ status: 'DEAD', nextAttemptAt: null }])
})
