import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import type { Found } from '../setup/shop.ts'
import { openReceiver, type Received } from './receiver.ts'
import { openWebhookShop, startSendingGateway, type WebhookShop } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function rotate(shop: WebhookShop, id: string, atOnce?: boolean): Promise<Found> {
  const { rotateWebhookSecret } = await shop.data(
    `mutation ($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) {
      __typename
      ... on RotateWebhookSecretPayload { secret standardWebhooksSecret endpoint { previousSecretUntil } }
      ... on SecretStillOverlaps { code path until }
    } }`,
    { input: { id, ...(atOnce === undefined ? {} : { atOnce }) } },
  )
  return rotateWebhookSecret
}

/** The webhook about the next change. */
async function next(shop: WebhookShop, receiver: { arrived(count: number): Promise<Received[]> }, count: number) {
  await shop.renameContact(`Name ${count}`)
  const received = (await receiver.arrived(count))[count - 1]
  if (received === undefined) throw new Error('nothing arrived')
  return received
}

const verifies = ({ body, headers }: Received, secret: { secret: string; standardWebhooksSecret: string }) => {
  const signed = `${headers['x-webhook-clickfunnels-timestamp']}.${body}`
  const standard = [StandardWebhook, SvixWebhook].map(library => {
    try {
      new library(secret.standardWebhooksSecret).verify(body, headers)
      return true
    } catch {
      return false
    }
  })
  return {
    standard: standard.every(Boolean),
    clickFunnels:
      headers['x-webhook-clickfunnels-signature'] === createHmac('sha256', secret.secret).update(signed).digest('hex'),
  }
}

test('for a day after a rotation the old secret verifies everywhere, the new one by Standard Webhooks', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  const rotated = await rotate(shop, endpoint.id)
  expect(rotated.secret).not.toBe(endpoint.secret)
  const overlap = Date.parse(rotated.endpoint.previousSecretUntil) - Date.now()
  expect(overlap / 3_600_000).toBeCloseTo(24, 1)
  const during = await next(shop, receiver, 1)
  expect(verifies(during, endpoint)).toEqual({ standard: true, clickFunnels: true })
  expect(verifies(during, rotated)).toEqual({ standard: true, clickFunnels: false })
  await sql`update webhook_endpoints set previous_secret_until = now(), updated_at = clock_timestamp()
    where workspace_id = ${shop.workspaceId}`.execute(gateway.databases.db)
  const after = await next(shop, receiver, 2)
  expect(verifies(after, endpoint)).toEqual({ standard: false, clickFunnels: false })
  expect(verifies(after, rotated)).toEqual({ standard: true, clickFunnels: true })
  expect((await rotate(shop, endpoint.id)).__typename).toBe('RotateWebhookSecretPayload')
})

test('until the old secret ends there is no other rotation, unless it ends at once', async () => {
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const endpoint = await shop.createEndpoint(receiver.url)
  const first = await rotate(shop, endpoint.id)
  expect(await rotate(shop, endpoint.id)).toEqual({
    __typename: 'SecretStillOverlaps',
    code: 'SECRET_STILL_OVERLAPS',
    path: ['input', 'id'],
    until: first.endpoint.previousSecretUntil,
  })
  expect(verifies(await next(shop, receiver, 1), endpoint)).toEqual({ standard: true, clickFunnels: true })
  const second = await rotate(shop, endpoint.id, true)
  expect(second).toMatchObject({ endpoint: { previousSecretUntil: null } })
  const received = await next(shop, receiver, 2)
  for (const old of [endpoint, first]) expect(verifies(received, old)).toEqual({ standard: false, clickFunnels: false })
  expect(verifies(received, second)).toEqual({ standard: true, clickFunnels: true })
})
