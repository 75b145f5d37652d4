import type { ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { openReceiver, type Received } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const nameOf = ({ body }: Received) => JSON.parse(body).data.first_name as string

test('an ordered endpoint gets the events of a subject one after the other', async () => {
  await using receiver = await openReceiver(response => void setTimeout(() => response.writeHead(204).end(), 5))
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url, { ordered: true, eventTypes: ['CONTACT_UPDATED'] })
  const names = Array.from({ length: 12 }, (_, index) => `Name ${index}`)
  for (const name of names) await shop.renameContact(name)
  await receiver.arrived(names.length)
  expect(receiver.received.map(nameOf)).toEqual(names)
})

test('one that fails holds up its own subject only, and keeps the order', async () => {
  let isUp = false
  await using receiver = await openReceiver((response, received) => {
    const isStuck = JSON.parse(received.body).data.first_name?.startsWith('Stuck') && !isUp
    response.writeHead(isStuck ? 500 : 204).end()
  })
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url, {
    ordered: true,
    eventTypes: ['CONTACT_UPDATED', 'CONTACT_CREATED', 'PRODUCT_CREATED'],
  })
  for (const name of ['Stuck 1', 'Stuck 2', 'Stuck 3']) await shop.renameContact(name)
  for (let i = 0; i < 5; i += 1) await shop.addContact()
  // Those of the other subjects all arrive, of the stuck one only the first, over and over.
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 5)
  await shop.makeDue()
  const stuck = () => receiver.received.map(nameOf).filter(name => name?.startsWith('Stuck'))
  await shop.until(() => stuck().length >= 2)
  expect(new Set(stuck())).toEqual(new Set(['Stuck 1']))
  // What is under way gets its next time when it is written.
  await shop.until(async () =>
    (await shop.deliveries({ status: ['PENDING'] })).some(delivery => delivery.attemptCount === stuck().length),
  )
  isUp = true
  await shop.makeDue()
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 8)
  const order = stuck().filter((name, index, all) => name !== all[index - 1])
  expect(order).toEqual(['Stuck 1', 'Stuck 2', 'Stuck 3'])
})

test('of a lane one delivery is due, however many wait behind it', async () => {
  await using receiver = await openReceiver(500)
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url, {
    ordered: true,
    eventTypes: ['CONTACT_UPDATED', 'CONTACT_CREATED'],
  })
  const queued = async () =>
    (
      await sql<{ lane: string; all: number; due: number }>`
        select lane, count(*)::int as all, count(due_at)::int as due from webhook_queue
        where workspace_id = ${shop.workspaceId} group by 1 order by 2 desc`.execute(gateway.databases.db)
    ).rows.map(({ all, due }) => ({ all, due }))
  for (let i = 0; i < 7; i += 1) await shop.renameContact(`Name ${i}`)
  await shop.addContact()
  await shop.until(async () => (await shop.deliveries()).length === 8)
  const waiting = [
    { all: 7, due: 1 },
    { all: 1, due: 1 },
  ]
  expect(await queued()).toEqual(waiting)
  await shop.makeDue()
  await shop.until(async () => (await shop.deliveries()).some(({ attemptCount }) => attemptCount > 1))
  expect(await queued()).toEqual(waiting)
  // Sent again they join the lane, at its end or in the middle of it.
  const { replayEvents } = await shop.data(
    `mutation ($id: ID!) { replayEvents(input: { endpointId: $id, after: "START", types: [CONTACT_UPDATED] }) {
      ... on ReplayEventsPayload { eventCount } } }`,
    { id: endpoint.id },
  )
  expect(replayEvents.eventCount).toBe(7)
  expect(await queued()).toEqual([{ all: 14, due: 1 }, waiting[1]])
  receiver.answers = 204
  await shop.makeDue()
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 15)
  expect(await queued()).toEqual([])
})

test('a delivery that is sent again waits for the one of its subject that is under way', async () => {
  const held: ServerResponse[] = []
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url, { ordered: true, eventTypes: ['CONTACT_UPDATED'] })
  await shop.renameContact('First')
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 1)
  const [first] = await shop.deliveries()
  receiver.answers = response => void held.push(response)
  await shop.renameContact('Second')
  await receiver.arrived(2)
  await shop.redeliver(first.id)
  await shop.renameContact('Third')
  await shop.until(async () => (await shop.deliveries({ status: ['PENDING'] })).length === 3)
  const { rows } = await sql<{ due: boolean }>`
    select due_at is not null as due from webhook_queue where workspace_id = ${shop.workspaceId}
    order by delivery_id`.execute(gateway.databases.db)
  expect(rows).toEqual([{ due: false }, { due: true }, { due: false }])
  receiver.answers = 204
  for (const response of held) response.writeHead(204).end()
  await receiver.arrived(4)
  expect(receiver.received.map(nameOf)).toEqual(['First', 'Second', 'First', 'Third'])
})

test('without order a failure holds up nothing', async () => {
  await using receiver = await openReceiver((response, received) => {
    response.writeHead(nameOf(received) === 'First' ? 500 : 204).end()
  })
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (const name of ['First', 'Second', 'Third']) await shop.renameContact(name)
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 2)
  expect(
    (await shop.deliveries({ status: ['PENDING'] })).map(delivery => delivery.event.payload.data.first_name),
  ).toEqual(['First'])
})

test('a dead endpoint does not slow the others', async () => {
  await using dead = await openReceiver(() => {})
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(dead.url, { eventTypes: ['CONTACT_UPDATED'] })
  await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (let i = 0; i < 40; i += 1) await shop.renameContact(`Name ${i}`)
  await receiver.arrived(40)
  // Each of them waits for 15 seconds.
  expect(dead.connections).toBeLessThanOrEqual(4)
})
