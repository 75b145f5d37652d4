import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createDatabase } from '../setup/database.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

test('what a killed process had taken, another one sends: at least once, under the same ids', async () => {
  await using database = await createDatabase()
  let answers = false
  await using receiver = await openReceiver(response => {
    if (answers) response.writeHead(204).end()
  })
  const first = await startSendingGateway({ databaseUrl: database.url })
  const shop = await openWebhookShop(first)
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  const child = await startGatewayProcess(database.url)
  // Written here, sent there: this process stops sending before anything happens.
  await first[Symbol.asyncDispose]()
  for (let i = 0; i < 3; i += 1) await shop.renameAt(child.url, `Name ${i}`)
  await receiver.arrived(3)
  child.process.kill('SIGKILL')
  await once(child.process, 'exit')
  answers = true
  await using second = await startSendingGateway({ databaseUrl: database.url })
  await shop.renameAt(second.url, 'Later')
  await receiver.arrived(4)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(4)
  // Within a minute the leases of the dead process end, and graphile-worker wakes somebody. Here they end now.
  await sql`update webhook_queue set due_at = now() where workspace_id = ${shop.workspaceId}`.execute(
    second.databases.db,
  )
  const { rows: jobs } = await sql`
    update graphile_worker._private_jobs set run_at = now() where key like 'webhooks_due/%' returning key`.execute(
    second.databases.db,
  )
  expect(jobs.length).toBeGreaterThan(0)
  await receiver.arrived(7)
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(ids.slice(4).sort()).toEqual(ids.slice(0, 3).sort())
  await shop.until(async () => {
    const { rows } = await sql<{ status: string; count: string }>`
      select status, count(*) as count from webhook_deliveries where workspace_id = ${shop.workspaceId} group by 1`.execute(
      second.databases.db,
    )
    return JSON.stringify(rows) === '[{"status":"delivered","count":"4"}]'
  })
})

test('two processes share the work: no event makes two deliveries, none is missed', async () => {
  await using database = await createDatabase()
  await using receiver = await openReceiver()
  await using one = await startSendingGateway({ databaseUrl: database.url })
  await using two = await startSendingGateway({ databaseUrl: database.url })
  const shop = await openWebhookShop(one)
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (let i = 0; i < 40; i += 1) await shop.renameAt(i % 2 === 0 ? one.url : two.url, `Name ${i}`)
  await receiver.arrived(40)
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 40)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(40)
  expect(receiver.received).toHaveLength(40)
})

test('who stops finishes what is under way and gives back the rest', async () => {
  await using database = await createDatabase()
  const held: ServerResponse[] = []
  await using receiver = await openReceiver(response => void held.push(response))
  const one = await startSendingGateway({ databaseUrl: database.url })
  const shop = await openWebhookShop(one)
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (let i = 0; i < 10; i += 1) await shop.renameContact(`Name ${i}`)
  await receiver.arrived(4)
  // More follow while it stops.
  receiver.answers = response => void setTimeout(() => response.writeHead(204).end(), 300)
  for (const response of held) response.writeHead(204).end()
  await one[Symbol.asyncDispose]()
  receiver.answers = 204
  await using two = await startSendingGateway({ databaseUrl: database.url })
  await receiver.arrived(10)
  await shop.until(async () => {
    const { rows } = await sql`select from webhook_queue where workspace_id = ${shop.workspaceId}`.execute(
      two.databases.db,
    )
    return rows.length === 0
  })
  // Nothing was sent twice.
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(10)
  expect(receiver.received).toHaveLength(10)
})
