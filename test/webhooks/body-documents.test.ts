import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDocuments } from '../../src/webhooks/check-documents.ts'
import { graphqlData } from '../setup/client.ts'
import type { Gateway } from '../setup/gateway.ts'
import type { Found } from '../setup/shop.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway, type WebhookShop } from './webhook-shop.ts'

let gateway: Gateway
let shop: WebhookShop

beforeAll(async () => {
  gateway = await startSendingGateway()
  shop = await openWebhookShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const document = `subscription Changes {
  events { cursor ... on Event { eventId type subject { ... on Contact { firstName orders(first: 1) { totalCount } } } } }
}`

test('a document shapes the body: it is what its subscriber gets', async () => {
  await using receiver = await openReceiver()
  const endpoint = await shop.createEndpoint(receiver.url, { document, eventTypes: ['CONTACT_UPDATED'] })
  await shop.renameContact('Shaped')
  const [received] = await receiver.arrived(1)
  const body = JSON.parse(received?.body ?? '')
  const { events } = await shop.data('{ events(last: 1) { edges { cursor node { eventId } } } }')
  const [{ cursor, node }] = events.edges
  expect(body).toEqual({
    data: {
      events: {
        cursor,
        eventId: node.eventId,
        type: 'CONTACT_UPDATED',
        subject: { firstName: 'Shaped', orders: { totalCount: 0 } },
      },
    },
  })
  expect(new Webhook(endpoint.standardWebhooksSecret).verify(received?.body ?? '', received?.headers ?? {})).toEqual(
    body,
  )
})

test('it has the rights of whoever wrote it', async () => {
  await using receiver = await openReceiver()
  const { workspace } = await shop.data('{ workspace { subdomain } }')
  const { key } = await gateway.createKey({
    subdomain: workspace.subdomain,
    scopes: ['webhooks:write', 'events:read', 'contacts:read', 'orders:read'],
  })
  const catalog = 'subscription { events { ... on Event { subject { ... on Product { name } } } } }'
  const { createWebhookEndpoint } = await graphqlData<Record<string, Found>>(
    gateway.url,
    key,
    `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { __typename } }`,
    { input: { url: receiver.url, name: 'Products', document: catalog, eventTypes: ['PRODUCT_CREATED'] } },
  )
  expect(createWebhookEndpoint.__typename).toBe('CreateWebhookEndpointPayload')
  await shop.data('mutation { createProduct(input: { name: "Book" }) { __typename } }')
  const [received] = await receiver.arrived(1)
  expect(JSON.parse(received?.body ?? '')).toMatchObject({
    data: { events: { subject: null } },
    errors: [{ path: ['events', 'subject'], extensions: { code: 'FORBIDDEN', scope: 'catalog:read' } }],
  })
})

test('only who may read what it reads can send it elsewhere', async () => {
  await using receiver = await openReceiver()
  const endpoint = await shop.createEndpoint(receiver.url, { document })
  const { workspace } = await shop.data('{ workspace { subdomain } }')
  const update = async (scopes: string[], input: Record<string, unknown>) => {
    const { key } = await gateway.createKey({ subdomain: workspace.subdomain, scopes })
    const { updateWebhookEndpoint } = await graphqlData<Record<string, Found>>(
      gateway.url,
      key,
      `mutation ($input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(input: $input) {
        __typename ... on DocumentNeedsScopes { code path missingScopes } } }`,
      { input: { id: endpoint.id, ...input } },
    )
    return updateWebhookEndpoint
  }
  const few = ['webhooks:write', 'events:read', 'contacts:read', 'orders:read']
  const elsewhere = `${receiver.url}/elsewhere`
  expect(await update(few, { url: elsewhere, name: 'Elsewhere' })).toEqual({
    __typename: 'DocumentNeedsScopes',
    code: 'DOCUMENT_NEEDS_SCOPES',
    path: ['input', 'url'],
    missingScopes: ['contacts:write', 'catalog:read', 'catalog:write', 'orders:write', 'webhooks:read'],
  })
  const shown = async () =>
    (await shop.data('query ($id: ID!) { webhookEndpoint(id: $id) { url name document } }', { id: endpoint.id }))
      .webhookEndpoint
  expect(await shown()).toEqual({ url: receiver.url, name: 'Receiver', document })
  const done = { __typename: 'UpdateWebhookEndpointPayload' }
  // What goes nowhere else, or reads with rights of its own.
  expect(await update(few, { url: receiver.url, name: 'Renamed' })).toEqual(done)
  expect(await update(['*'], { url: elsewhere })).toEqual(done)
  expect(await update(few, { url: receiver.url, document: null })).toEqual(done)
  expect(await shown()).toEqual({ url: receiver.url, name: 'Renamed', document: null })
})

test.each([
  ['', /Syntax Error/],
  ['subscription { events { nonsense } }', /Cannot query field/],
  ['{ events(first: 1) { totalCount } }', /no subscription/i],
  ['mutation { createContact(input: {}) { __typename } }', /no subscription/i],
  ['subscription { events(after: "START") { cursor } }', /arguments/],
  ['subscription ($types: [EventType!]) { events(types: $types) { cursor } }', /variables/],
  ['subscription { events @include(if: false) { cursor } }', /directives/],
  ['subscription { events @skip(if: true) { cursor } }', /directives/],
  ['subscription { __typename }', /something else|must not select an introspection/],
  ['subscription A { events { cursor } } subscription B { events { cursor } }', /operationName/],
  [`subscription { events { ${Array.from({ length: 31 }, (_, n) => `a${n}: cursor`).join(' ')} } }`, /aliases/],
])('%j is refused when it is saved', async (text, message) => {
  const { createWebhookEndpoint } = await shop.data(
    `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
      ... on InvalidInput { issues { code path message } } } }`,
    { input: { url: 'http://127.0.0.1:9/', name: 'Refused', document: text } },
  )
  expect(createWebhookEndpoint.issues).toMatchObject([{ code: 'INVALID_DOCUMENT', path: ['input', 'document'] }])
  expect(createWebhookEndpoint.issues[0].message).toMatch(message)
})

test('a document that the schema no longer takes makes attempts fail, and nothing is sent', async () => {
  await using receiver = await openReceiver()
  const other = await openWebhookShop(gateway)
  const endpoint = await other.createEndpoint(receiver.url, { document })
  await sql`update webhook_endpoints set document = 'subscription { events { gone } }', updated_at = clock_timestamp()
    where workspace_id = ${other.workspaceId}`.execute(gateway.databases.db)
  await other.renameContact('Broken')
  await other.until(async () => (await other.deliveries({ endpointId: endpoint.id }))[0]?.attemptCount >= 1)
  const [delivery] = await other.deliveries()
  expect(delivery.attempts[0]).toMatchObject({
    succeeded: false,
    statusCode: null,
    requestHead: '',
    error: expect.stringMatching(/^the document of the endpoint: Cannot query field "gone"/),
  })
  expect(receiver.received).toEqual([])
})

test('the check of stored documents names those that the schema would break', async () => {
  const { BodyDocuments } = await import('../../src/webhooks/body-documents-schema.ts')
  const { schema } = await import('../../src/schema.ts')
  const { checked, broken } = await checkDocuments(gateway.databases.db, new BodyDocuments(schema).problem)
  expect(checked).toBeGreaterThanOrEqual(3)
  expect(broken).toEqual([
    {
      subdomain: expect.stringMatching(/^shop-/),
      endpointId: expect.stringMatching(/^\d+$/),
      name: 'Receiver',
      problem: expect.stringContaining('Cannot query field "gone"'),
    },
  ])
})
