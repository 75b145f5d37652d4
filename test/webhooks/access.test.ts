import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop } from '../setup/shop.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway, type WebhookShop } from './webhook-shop.ts'

let gateway: Gateway
let ours: WebhookShop
let theirs: WebhookShop

beforeAll(async () => {
  gateway = await startSendingGateway()
  ours = await openWebhookShop(gateway)
  theirs = await openWebhookShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('ids of another workspace are answered like unknown ones', () => {
  const mutation = (name: string, member = 'id') => [
    name,
    `mutation ($id: ID!) { ${name}(input: { ${member}: $id ${name === 'replayEvents' ? 'after: "START"' : ''} }) {
      __typename ... on InvalidInput { issues { code message path } } } }`,
    member,
  ]
  test.each([
    ['webhookEndpoint', 'query ($id: ID!) { webhookEndpoint(id: $id) { id } }', 'id'],
    [
      'deliveries',
      'query ($id: ID!) { deliveries(filter: { endpointId: $id }) { totalCount edges { cursor } } }',
      'id',
    ],
    ['delivery', 'query ($id: ID!) { delivery(id: $id) { id } }', 'deliveryId'],
    ['node', 'query ($id: ID!) { node(id: $id) { id } }', 'id'],
    ['node of a delivery', 'query ($id: ID!) { node(id: $id) { id } }', 'deliveryId'],
    mutation('updateWebhookEndpoint'),
    mutation('enableWebhookEndpoint'),
    mutation('disableWebhookEndpoint'),
    mutation('deleteWebhookEndpoint'),
    mutation('rotateWebhookSecret'),
    mutation('testWebhookEndpoint'),
    mutation('replayEvents', 'endpointId'),
    mutation('redeliverWebhook', 'deliveryId'),
  ])('%s', async (_name, document, kind) => {
    await using receiver = await openReceiver()
    const endpoint = await theirs.createEndpoint(receiver.url)
    await theirs.renameContact(`Foreign ${Math.random()}`)
    const own = { endpointId: endpoint.id, status: ['DELIVERED'] }
    await theirs.until(async () => (await theirs.deliveries(own)).length > 0)
    const [delivery] = await theirs.deliveries(own)
    const isDelivery = kind === 'deliveryId'
    const foreign = isDelivery ? delivery.id : endpoint.id
    const unknown = encodeGlobalId(isDelivery ? 'WebhookDelivery' : 'WebhookEndpoint', '9000000000000000000')
    const sent = receiver.received.length
    const answers = await Promise.all([foreign, unknown].map(id => graphql(gateway.url, ours.key, document, { id })))
    expect(answers[0]).toEqual(answers[1])
    expect(JSON.stringify(answers[0])).not.toContain(foreign)
    expect(receiver.received.length).toBe(sent)
    const { webhookEndpoint } = await theirs.data('query ($id: ID!) { webhookEndpoint(id: $id) { enabled } }', {
      id: endpoint.id,
    })
    expect(webhookEndpoint).toEqual({ enabled: true })
    await theirs.data('mutation ($id: ID!) { deleteWebhookEndpoint(input: { id: $id }) { __typename } }', {
      id: endpoint.id,
    })
  })
})

test('the scopes of webhooks', async () => {
  const { workspace } = await ours.data('{ workspace { subdomain } }')
  const as = async (scopes: string[], document: string) => {
    const { key } = await gateway.createKey({ subdomain: workspace.subdomain, scopes })
    return (await graphql(gateway.url, key, document)).body
  }
  const all = ['contacts:read', 'orders:read', 'events:read']
  for (const field of ['webhookEndpoints { totalCount }', 'deliveries { totalCount }']) {
    expect((await as([...all, 'webhooks:write'], `{ ${field} }`)).errors?.[0]?.extensions).toEqual({
      code: 'FORBIDDEN',
      scope: 'webhooks:read',
    })
    expect((await as(['webhooks:read'], `{ ${field} }`)).errors).toBeUndefined()
  }
  const disable = `mutation { disableWebhookEndpoint(input: { id: "${encodeGlobalId('WebhookEndpoint', '1')}" }) { __typename } }`
  expect((await as(['webhooks:read'], disable)).errors?.[0]?.extensions).toEqual({
    code: 'FORBIDDEN',
    scope: 'webhooks:write',
  })
  // Whoever can have events sent anywhere reads them all.
  await expect(gateway.createKey({ subdomain: workspace.subdomain, scopes: ['webhooks:write'] })).rejects.toThrow(
    'add events:read',
  )
})

test('a URL that leads elsewhere than to the public Internet is refused where it is given', async () => {
  await using strict = await startSendingGateway({ env: { WEBHOOK_ALLOW_LOOPBACK: 'off' } })
  const shop = await openShop(strict)
  const create = async (url: string) =>
    (
      await shop.data(
        `mutation ($url: String!) { createWebhookEndpoint(input: { url: $url, name: " " }) {
          __typename ... on InvalidInput { issues { code path } } } }`,
        { url },
      )
    ).createWebhookEndpoint
  const blank = { code: 'BLANK', path: ['input', 'name'] }
  expect(await create('http://127.0.0.1:1/')).toEqual({
    __typename: 'InvalidInput',
    issues: [{ code: 'URL_NOT_HTTPS', path: ['input', 'url'] }, blank],
  })
  expect((await create('https://169.254.169.254/')).issues).toEqual([
    { code: 'URL_NOT_PUBLIC', path: ['input', 'url'] },
    blank,
  ])
  expect((await create('https://example.com/')).issues).toEqual([blank])
})

test('without SECRETS_KEY nothing can be made, everything else works', async () => {
  await using keyless = await startGateway()
  const shop = await openShop(keyless)
  const answer = await shop.data(
    `mutation { createWebhookEndpoint(input: { url: "https://example.com/", name: "None" }) {
      __typename ... on UserError { code message path } } }`,
  )
  expect(answer.createWebhookEndpoint).toEqual({
    __typename: 'SecretsKeyMissing',
    code: 'SECRETS_KEY_MISSING',
    message: 'Webhooks are off: the gateway runs without SECRETS_KEY.',
    path: ['input'],
  })
  expect(await shop.data('{ webhookEndpoints { totalCount } deliveries { totalCount } }')).toEqual({
    webhookEndpoints: { totalCount: 0 },
    deliveries: { totalCount: 0 },
  })
})

test('a workspace has at most 50 endpoints', async () => {
  const shop = await openWebhookShop(gateway)
  const results = await Promise.allSettled(
    Array.from({ length: 52 }, () => shop.createEndpoint('http://127.0.0.1:9/', { eventTypes: ['PRODUCT_UPDATED'] })),
  )
  const refused = results.filter(result => result.status === 'rejected')
  expect(refused.map(({ reason }) => String(reason))).toEqual([
    expect.stringContaining('TooManyEndpoints'),
    expect.stringContaining('TooManyEndpoints'),
  ])
})
