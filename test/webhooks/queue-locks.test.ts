import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockQueued, type QueueRow, release } from '../../src/webhooks/queue-store.ts'
import type { Gateway } from '../setup/gateway.ts'
import { waitEvents } from '../setup/wait-events.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test.each([
  ['gives deliveries back', release],
  ['writes their results', lockQueued],
])('whoever %s locks them in the order of their ids, however they come and lie', async (_does, lock) => {
  const { db } = gateway.databases
  await using receiver = await openReceiver(() => {})
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (const name of ['First', 'Second']) await shop.renameContact(name)
  await receiver.arrived(2)
  const { rows: queued } = await sql<QueueRow>`
    select * from webhook_queue where workspace_id = ${shop.workspaceId} order by delivery_id`.execute(db)
  const [first, second] = queued.map(row => row.delivery_id)
  // An update moves a row behind the others of its page.
  await sql`update webhook_queue set leased = leased where delivery_id = ${first}`.execute(db)
  let other: Promise<unknown> | undefined
  await db.transaction().execute(async trx => {
    await lockQueued(trx, queued.slice(0, 1))
    other = lock(db, queued.toReversed())
    await shop.until(async () => (await waitEvents(db)).includes('transactionid'))
    // Had the other one begun with the second, each would wait for the other now.
    const locked = await lockQueued(trx, queued.slice(1))
    expect(locked.map(row => row.delivery_id)).toEqual([second])
  })
  await other
})
