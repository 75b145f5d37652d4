import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import type { Found } from '../setup/shop.ts'
import { failForAnHour, openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway, type WebhookShop } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function replay(shop: WebhookShop, input: Record<string, unknown>): Promise<Found> {
  const { replayEvents } = await shop.data(
    `mutation ($input: ReplayEventsInput!) { replayEvents(input: $input) {
      __typename
      ... on ReplayEventsPayload { eventCount continueAfter replayed endpoint { id } }
      ... on InvalidInput { issues { code } }
      ... on UserError { code path }
    } }`,
    { input },
  )
  return replayEvents
}

async function cursors(shop: WebhookShop): Promise<{ cursor: string; node: { type: string; eventId: string } }[]> {
  const { events } = await shop.data('{ events(first: 100) { edges { cursor node { type eventId } } } }')
  return events.edges
}

test('a stretch of the log is sent again, with the same event ids', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  for (const name of ['One', 'Two', 'Three']) await shop.renameContact(name)
  const endpoint = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  const log = await cursors(shop)
  const updates = log.filter(({ node }) => node.type === 'CONTACT_UPDATED')
  expect(updates).toHaveLength(3)
  const whole = { endpointId: endpoint.id, after: 'START' }
  expect(await replay(shop, { ...whole, dryRun: true })).toMatchObject({ eventCount: 3, continueAfter: null })
  expect(await shop.deliveries()).toEqual([])
  expect(await replay(shop, whole)).toEqual({
    __typename: 'ReplayEventsPayload',
    eventCount: 3,
    continueAfter: null,
    replayed: false,
    endpoint: { id: endpoint.id },
  })
  await receiver.arrived(3)
  const sent = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(sent.sort()).toEqual(updates.map(({ node }) => node.eventId).sort())
  await shop.until(async () => (await shop.deliveries({ origin: ['REPLAY'], status: ['DELIVERED'] })).length === 3)
  // After the first update, up to the second.
  const some = { ...whole, after: updates[0]?.cursor, until: updates[1]?.cursor }
  expect(await replay(shop, some)).toMatchObject({ eventCount: 1 })
  await receiver.arrived(4)
  expect(receiver.received[3]?.headers['webhook-id']).toBe(updates[1]?.node.eventId)
  // Types that the endpoint itself does not take.
  const created = log.filter(({ node }) => node.type === 'CONTACT_CREATED')
  expect(await replay(shop, { ...whole, types: ['CONTACT_CREATED'] })).toMatchObject({ eventCount: 1 })
  await receiver.arrived(5)
  expect(receiver.received[4]?.headers['webhook-id']).toBe(created[0]?.node.eventId)
})

test('an idempotency key makes it happen once', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  const input = { endpointId: endpoint.id, after: 'START', types: ['CONTACT_CREATED'], idempotencyKey: 'replay' }
  expect(await replay(shop, input)).toMatchObject({ eventCount: 1, replayed: false })
  expect(await replay(shop, input)).toMatchObject({ eventCount: 1, replayed: true })
  expect(await shop.deliveries()).toHaveLength(1)
})

test('what cannot be replayed is refused', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const other = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  const [foreign] = await cursors(other)
  for (const after of ['', 'nonsense', foreign?.cursor]) {
    expect(await replay(shop, { endpointId: endpoint.id, after })).toEqual({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      issues: [{ code: 'BAD_CURSOR' }],
      path: ['input', 'after'],
    })
  }
  await shop.data('mutation ($id: ID!) { disableWebhookEndpoint(input: { id: $id }) { __typename } }', {
    id: endpoint.id,
  })
  expect(await replay(shop, { endpointId: endpoint.id, after: 'START' })).toEqual({
    __typename: 'EndpointDisabled',
    code: 'ENDPOINT_DISABLED',
    path: ['input', 'endpointId'],
  })
})

test('a place whose events are no longer kept is refused, START begins at those that are', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  for (const name of ['One', 'Two', 'Three']) await shop.renameContact(name)
  const endpoint = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  const [one, two] = (await cursors(shop)).filter(({ node }) => node.type === 'CONTACT_UPDATED')
  const { db } = gateway.databases
  await db
    .deleteFrom('events')
    .where('workspace_id', '=', shop.workspaceId)
    .where(
      'id',
      'in',
      (await cursors(shop)).slice(0, -1).map(({ node }) => node.eventId),
    )
    .execute()
  const replayAfter = (after: string | undefined) => replay(shop, { endpointId: endpoint.id, after, dryRun: true })
  expect(await replayAfter(one?.cursor)).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    issues: [{ code: 'CURSOR_EXPIRED' }],
    path: ['input', 'after'],
  })
  expect(await replayAfter(two?.cursor)).toMatchObject({ eventCount: 1 })
  expect(await replayAfter('START')).toMatchObject({ eventCount: 1 })
})

test('a disabled endpoint gets nothing; enabled again it goes on from then, with what was pending', async () => {
  await using receiver = await openReceiver(failForAnHour)
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(receiver.url, { eventTypes: ['CONTACT_UPDATED'] })
  const flip = (mutation: string) =>
    shop.data(`mutation ($id: ID!) { ${mutation}(input: { id: $id }) { __typename } }`, { id })
  await shop.renameContact('Pending')
  await receiver.arrived(1)
  await shop.until(async () => (await shop.deliveries())[0]?.attemptCount === 1)
  await flip('disableWebhookEndpoint')
  receiver.answers = 204
  await shop.renameContact('Missed')
  await shop.makeDue()
  await flip('enableWebhookEndpoint')
  await shop.renameContact('After')
  await shop.until(async () => (await shop.deliveries({ status: ['DELIVERED'] })).length === 2)
  const names = receiver.received.slice(1).map(({ body }) => JSON.parse(body).data.first_name)
  expect(names.sort()).toEqual(['After', 'Pending'])
})

test('with its endpoint gone, a delivery stays visible and cannot be sent again', async () => {
  await using receiver = await openReceiver(failForAnHour)
  const shop = await openWebhookShop(gateway)
  const { id } = await shop.createEndpoint(receiver.url)
  await shop.renameContact('Orphan')
  await shop.until(async () => (await shop.deliveries())[0]?.attemptCount === 1)
  await shop.data('mutation ($id: ID!) { deleteWebhookEndpoint(input: { id: $id }) { __typename } }', { id })
  const [orphan] = await shop.deliveries()
  expect(orphan).toMatchObject({ status: 'DEAD', endpoint: null, attemptCount: 1, nextAttemptAt: null })
  expect(await shop.redeliver(orphan.id)).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    path: ['input', 'deliveryId'],
  })
  expect((await shop.data('query ($id: ID!) { webhookEndpoint(id: $id) { id } }', { id })).webhookEndpoint).toBeNull()
})
