import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { failForAnHour, openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('an event arrives, byte for byte as the log shows it, signed for all who verify', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  expect(endpoint.secret).toMatch(/^[0-9a-f]{64}$/)
  expect(endpoint.standardWebhooksSecret).toBe(`whsec_${Buffer.from(endpoint.secret, 'hex').toString('base64')}`)
  await shop.renameContact('Grace')
  const [received] = await receiver.arrived(1)
  if (received === undefined) throw new Error('nothing arrived')
  const { body, headers } = received
  const { events } = await shop.data('{ events(last: 1) { edges { node { eventId payload } } } }')
  expect(JSON.parse(body)).toEqual(events.edges[0].node.payload)
  expect(body).toBe(JSON.stringify(events.edges[0].node.payload))
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': events.edges[0].node.eventId,
    'x-webhook-clickfunnels-id': events.edges[0].node.eventId,
  })
  expect(new StandardWebhook(endpoint.standardWebhooksSecret).verify(body, headers)).toEqual(JSON.parse(body))
  expect(new SvixWebhook(endpoint.standardWebhooksSecret).verify(body, headers)).toEqual(JSON.parse(body))
  const timestamp = headers['x-webhook-clickfunnels-timestamp']
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(10)
  expect(headers['x-webhook-clickfunnels-signature']).toBe(
    createHmac('sha256', endpoint.secret).update(`${timestamp}.${body}`).digest('hex'),
  )
  expect(() => new StandardWebhook(endpoint.standardWebhooksSecret).verify(`${body} `, headers)).toThrow()
})

test('only the types and the mode it asks for, from its creation on', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  await shop.renameContact('Before')
  await shop.createEndpoint(`${receiver.url}/updates`, { eventTypes: ['CONTACT_UPDATED'] })
  await shop.createEndpoint(`${receiver.url}/live`, { liveMode: true })
  await shop.createEndpoint(`${receiver.url}/all`, { eventTypes: [] })
  await shop.addContact()
  await shop.renameContact('After')
  await shop.data('mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }', {
    input: {
      contact: { id: shop.contactId },
      liveMode: true,
      lineItems: [{ variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }],
    },
  })
  await receiver.arrived(6)
  const sent = receiver.received.map(({ path, body }) => `${path} ${JSON.parse(body).event_type}`)
  expect(sent.sort()).toEqual([
    '/hook/all contact.created',
    '/hook/all contact.identified',
    '/hook/all contact.updated',
    '/hook/all order.created',
    '/hook/live order.created',
    '/hook/updates contact.updated',
  ])
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 6)
})

test('a failure is tried again, signed anew under the same id, until it is taken; every attempt is shown', async () => {
  let refusals = 2
  const looked = Promise.withResolvers<void>()
  await using receiver = await openReceiver(async (response, { headers }) => {
    refusals -= 1
    if (refusals === 0) await looked.promise
    response.writeHead(refusals < 0 ? 200 : 503, { 'x-seen': headers['webhook-id'] }).end(`answer ${2 - refusals}`)
  })
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  await shop.renameContact('Again')
  await receiver.arrived(1)
  await shop.until(async () => (await shop.deliveries())[0].attemptCount === 1)
  const [pending] = await shop.deliveries()
  expect(pending).toMatchObject({ status: 'PENDING', finishedAt: null, origin: 'EVENT', endpoint: { id: endpoint.id } })
  const wait = Date.parse(pending.nextAttemptAt) - Date.parse(pending.attempts[0].startedAt)
  expect(wait).toBeGreaterThan(890)
  expect(wait).toBeLessThan(13_500)
  // The second attempt comes by itself after a second, the third would after 15.
  const [first, second] = await receiver.arrived(2)
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(850)
  looked.resolve()
  await shop.until(async () => (await shop.deliveries())[0].attemptCount === 2)
  await shop.until(() => Math.floor(Date.now() / 1_000) > Number(first?.headers['webhook-timestamp']))
  await shop.makeDue()
  await receiver.arrived(3)
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 1)
  const [delivery] = await shop.deliveries()
  expect(delivery).toMatchObject({ status: 'DELIVERED', attemptCount: 3, nextAttemptAt: null })
  expect(delivery.attempts).toMatchObject([
    { number: 1, succeeded: false, statusCode: 503, error: 'answered 503', responseBody: 'answer 1' },
    { number: 2, succeeded: false, statusCode: 503, error: 'answered 503', responseBody: 'answer 2' },
    { number: 3, succeeded: true, statusCode: 200, error: null, responseBody: 'answer 3' },
  ])
  for (const { requestHead, responseHead } of delivery.attempts) {
    expect(requestHead).toContain(`\nwebhook-id: ${delivery.eventId}\n`)
    expect(responseHead).toContain(`\nx-seen: ${delivery.eventId}\n`)
  }
  expect(delivery.event.payload).toEqual(JSON.parse(receiver.received[0]?.body ?? ''))
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(receiver.received[2]?.headers['webhook-timestamp']).not.toBe(
    receiver.received[0]?.headers['webhook-timestamp'],
  )
  for (const { body, headers } of receiver.received) {
    new StandardWebhook(endpoint.standardWebhooksSecret).verify(body, headers)
  }
})

test('Retry-After makes the wait longer', async () => {
  await using receiver = await openReceiver(response => void response.writeHead(429, { 'retry-after': '100' }).end())
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url)
  await shop.renameContact('Later')
  await shop.until(async () => (await shop.deliveries())[0]?.attemptCount === 1)
  const [{ nextAttemptAt, attempts }] = await shop.deliveries()
  const wait = Date.parse(nextAttemptAt) - Date.parse(attempts[0].startedAt)
  expect(wait).toBeGreaterThan(99_900)
  expect(wait).toBeLessThan(150_000)
})

test('after 72 hours a delivery is a dead letter, and it can be sent again', async () => {
  await using receiver = await openReceiver(failForAnHour)
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url)
  await shop.renameContact('Dead')
  await shop.until(async () => (await shop.deliveries())[0]?.attemptCount === 1)
  await sql`update webhook_queue set queued_at = now() - interval '72 hours' where workspace_id = ${shop.workspaceId}`.execute(
    gateway.databases.db,
  )
  await shop.makeDue()
  await shop.until(async () => (await shop.deliveries({ status: ['DEAD'] })).length === 1)
  const [dead] = await shop.deliveries()
  expect(dead).toMatchObject({ attemptCount: 2, nextAttemptAt: null, finishedAt: expect.any(String) })
  receiver.answers = 200
  const again = await shop.redeliver(dead.id)
  expect(again).toMatchObject({ __typename: 'RedeliverWebhookPayload', delivery: { id: dead.id } })
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 1)
  expect((await shop.deliveries())[0].attempts.map((attempt: { number: number }) => attempt.number)).toEqual([1, 2, 3])
  // A delivery that was taken can be sent once more, too.
  await shop.redeliver(dead.id)
  await receiver.arrived(4)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('a delivery that is asked for while it is under way is not sent twice at once, and starts over when it fails', async () => {
  const held: ServerResponse[] = []
  await using receiver = await openReceiver(response => void held.push(response))
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(receiver.url)
  await shop.renameContact('Under way')
  await receiver.arrived(1)
  const { db } = gateway.databases
  const place = sql`workspace_id = ${shop.workspaceId}`
  await sql`update webhook_queue set failures = 8, queued_at = now() - interval '80 hours' where ${place}`.execute(db)
  const [{ id }] = await shop.deliveries()
  await shop.redeliver(id)
  const queue = sql<{ isTaken: boolean; failures: number }>`
    select leased and due_at > now() as "isTaken", failures from webhook_queue where ${place}`
  expect((await queue.execute(db)).rows).toEqual([{ isTaken: true, failures: 0 }])
  receiver.answers = 204
  held[0]?.writeHead(500).end()
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 1)
  expect((await shop.deliveries())[0].attempts).toMatchObject([
    { number: 1, statusCode: 500 },
    { number: 2, statusCode: 204 },
  ])
  expect(receiver.received).toHaveLength(2)
})

test('410 disables the endpoint, with an event of our own', async () => {
  await using receiver = await openReceiver((response, { body }) => {
    response.writeHead(JSON.parse(body).event_type === 'webhooks/outgoing/endpoint.disabled' ? 200 : 410).end()
  })
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  await shop.createEndpoint(receiver.url, { eventTypes: ['WEBHOOKS_OUTGOING_ENDPOINT_DISABLED'] })
  await shop.renameContact('Gone')
  const [, notice] = await receiver.arrived(2)
  expect(JSON.parse(notice?.body ?? '')).toMatchObject({
    event_type: 'webhooks/outgoing/endpoint.disabled',
    subject_type: 'Webhooks::Outgoing::Endpoint',
    subject_id: Number(endpoint.databaseId),
    data: { id: Number(endpoint.databaseId), url: receiver.url, disabled_reason: 'gone' },
  })
  const { webhookEndpoint, events } = await shop.data(
    `query ($id: ID!) {
      webhookEndpoint(id: $id) { enabled disabledReason disabledAt }
      events(last: 1) { edges { node { type actor { type } subject { __typename id } } } }
    }`,
    { id: endpoint.id },
  )
  expect(webhookEndpoint).toEqual({ enabled: false, disabledReason: 'GONE', disabledAt: expect.any(String) })
  expect(events.edges[0].node).toEqual({
    type: 'WEBHOOKS_OUTGOING_ENDPOINT_DISABLED',
    actor: { type: 'Webhooks::Outgoing::Endpoint' },
    subject: { __typename: 'WebhookEndpoint', id: endpoint.id },
  })
  await shop.until(async () => (await shop.deliveries({ endpointId: endpoint.id }))[0].status === 'DEAD')
})

test('an endpoint that said 410 is disabled when the database takes it again', async () => {
  await using receiver = await openReceiver(410)
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  const { db } = gateway.databases
  await sql`alter table webhook_endpoints add constraint never check (disabled_reason <> 'gone') not valid`.execute(db)
  await shop.renameContact('Gone')
  await receiver.arrived(1)
  await delay(500)
  const isEnabled = async () => {
    const { webhookEndpoint } = await shop.data('query ($id: ID!) { webhookEndpoint(id: $id) { enabled } }', {
      id: endpoint.id,
    })
    return webhookEndpoint.enabled
  }
  const statuses = async () => (await shop.deliveries({ endpointId: endpoint.id })).map(({ status }) => status)
  expect([await isEnabled(), await statuses()]).toEqual([true, ['PENDING']])
  await sql`alter table webhook_endpoints drop constraint never`.execute(db)
  await shop.until(async () => (await statuses())[0] === 'DEAD')
  expect(await isEnabled()).toBe(false)
  const { rows } = await sql`select from events where workspace_id = ${shop.workspaceId}
    and type = 'webhooks/outgoing/endpoint.disabled'`.execute(db)
  expect([rows.length, receiver.received.length]).toEqual([1, 1])
})

test('after five days of failure the endpoint is disabled; one success in between starts the count anew', async () => {
  await using receiver = await openReceiver(500)
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  const failingSince = async () =>
    (
      await shop.data('query ($id: ID!) { webhookEndpoint(id: $id) { failingSince enabled disabledReason } }', {
        id: endpoint.id,
      })
    ).webhookEndpoint
  await shop.renameContact('One')
  await shop.until(async () => (await failingSince()).failingSince !== null)
  receiver.answers = 200
  await shop.renameContact('Two')
  await shop.until(async () => (await failingSince()).failingSince === null)
  receiver.answers = 500
  await shop.renameContact('Three')
  await shop.until(async () => (await failingSince()).failingSince !== null)
  const backdate = (age: string, last = '1 hour') =>
    sql`update webhook_endpoints set failing_since = now() - ${age}::interval, failed_at = now() - ${last}::interval,
        updated_at = clock_timestamp()
      where workspace_id = ${shop.workspaceId}`.execute(gateway.databases.db)
  await backdate('4 days 23:59:00')
  await shop.renameContact('Four')
  await shop.until(async () => (await shop.deliveries()).filter(delivery => delivery.attemptCount > 0).length === 4)
  expect(await failingSince()).toMatchObject({ enabled: true })
  // Nothing was sent for days: the time between two failures says nothing.
  await backdate('6 days', '3 days')
  await shop.renameContact('Later')
  await shop.until(async () => (await shop.deliveries()).filter(delivery => delivery.attemptCount > 0).length === 5)
  const { failingSince: anew, enabled } = await failingSince()
  expect(enabled).toBe(true)
  expect(Date.now() - Date.parse(anew)).toBeLessThan(86_400_000)
  await backdate('5 days')
  await shop.renameContact('Five')
  await shop.until(async () => !(await failingSince()).enabled)
  expect(await failingSince()).toMatchObject({ disabledReason: 'FAILING' })
  const { enableWebhookEndpoint } = await shop.data(
    'mutation ($id: ID!) { enableWebhookEndpoint(input: { id: $id }) { ... on EnableWebhookEndpointPayload { endpoint { enabled failingSince disabledAt } } } }',
    { id: endpoint.id },
  )
  expect(enableWebhookEndpoint.endpoint).toEqual({ enabled: true, failingSince: null, disabledAt: null })
})

test('no secret stands in the database', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url, { idempotencyKey: 'once' })
  await shop.renameContact('Dump')
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 1)
  const { rows } = await sql<{ dump: string }>`
    select concat((select json_agg(e) from webhook_endpoints e), (select json_agg(k) from idempotency_keys k),
      (select json_agg(a) from webhook_attempts a), (select json_agg(v) from events v)) as dump`.execute(
    gateway.databases.db,
  )
  const dump = rows[0]?.dump ?? ''
  expect(dump).toContain(receiver.url)
  expect(dump).not.toContain(endpoint.secret)
  expect(dump).not.toContain(endpoint.standardWebhooksSecret.slice(6, 30))
  // And it is not shown again.
  const again = await shop.data(
    `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
      ... on CreateWebhookEndpointPayload { replayed secret standardWebhooksSecret endpoint { id } } } }`,
    { input: { url: receiver.url, name: 'Receiver', idempotencyKey: 'once' } },
  )
  expect(again.createWebhookEndpoint).toEqual({
    replayed: true,
    secret: null,
    standardWebhooksSecret: null,
    endpoint: { id: endpoint.id },
  })
})

test('a test is a real round trip, reported in the answer', async () => {
  await using receiver = await openReceiver(response => void response.writeHead(202).end('thanks'))
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  const run = async () =>
    (
      await shop.data(
        `mutation ($id: ID!) { testWebhookEndpoint(input: { id: $id }) { __typename ... on TestWebhookEndpointPayload {
          endpoint { id } attempt { number succeeded statusCode latencyMs error requestHead responseHead responseBody } } } }`,
        { id: endpoint.id },
      )
    ).testWebhookEndpoint
  expect(await run()).toMatchObject({
    endpoint: { id: endpoint.id },
    attempt: { number: 0, succeeded: true, statusCode: 202, error: null, responseBody: 'thanks' },
  })
  const [received] = receiver.received
  expect(JSON.parse(received?.body ?? '')).toMatchObject({
    event_type: 'webhooks/outgoing/endpoint.tested',
    subject_id: Number(endpoint.databaseId),
  })
  new StandardWebhook(endpoint.standardWebhooksSecret).verify(received?.body ?? '', received?.headers ?? {})
  receiver.answers = 500
  expect((await run()).attempt).toMatchObject({ succeeded: false, statusCode: 500, error: 'answered 500' })
  await receiver[Symbol.asyncDispose]()
  expect((await run()).attempt).toMatchObject({
    succeeded: false,
    statusCode: null,
    error: expect.stringContaining('ECONNREFUSED'),
  })
  expect(await shop.deliveries()).toEqual([])
})
