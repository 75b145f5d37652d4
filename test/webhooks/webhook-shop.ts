import { sql } from 'kysely'
import { decodeGlobalId } from '../../src/shared/global-id.ts'
import { webhooksOf } from '../../src/webhooks/webhooks.ts'
import { graphqlData } from '../setup/client.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'

export const secretsKey = '5e'.repeat(32)

/** A gateway that sends webhooks, also to the loopback. */
export function startSendingGateway({ env, ...options }: GatewayOptions = {}): Promise<Gateway> {
  return startGateway({ ...options, env: { SECRETS_KEY: secretsKey, WEBHOOK_ALLOW_LOOPBACK: 'on', ...env } })
}

/** An endpoint that was just made. */
export interface NewEndpoint {
  /** Global id. */
  id: string
  databaseId: string
  secret: string
  standardWebhooksSecret: string
}

/** A shop whose events go to endpoints. */
export interface WebhookShop extends Shop {
  createEndpoint(url: string, wish?: Record<string, unknown>): Promise<NewEndpoint>
  /** Makes a contact; its events are `contact.created` and `contact.identified`. */
  addContact(): Promise<void>
  /** Changes the first contact: one `contact.updated`. */
  renameContact(firstName: string): Promise<void>
  /** The same at another gateway of the database. */
  renameAt(url: string, firstName: string): Promise<void>
  deliveries(filter?: Record<string, unknown>): Promise<Found[]>
  /** Waits until something holds. */
  until(holds: () => Promise<boolean> | boolean, timeoutMs?: number): Promise<void>
  /** What `redeliverWebhook` answers. */
  redeliver(deliveryId: string): Promise<Found>
  /** Makes what is pending due now, and has it sent. */
  makeDue(): Promise<void>
}

let contacts = 0

export async function openWebhookShop(gateway: Gateway): Promise<WebhookShop> {
  const shop = await openShop(gateway)
  const { db } = gateway.databases
  const until: WebhookShop['until'] = async (holds, timeoutMs = 30_000) => {
    for (const end = Date.now() + timeoutMs; !(await holds()); ) {
      if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${holds}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
  const renameAt: WebhookShop['renameAt'] = async (url, firstName) => {
    const { updateContact } = await graphqlData<Record<string, Found>>(
      url,
      shop.key,
      'mutation ($input: UpdateContactInput!) { updateContact(input: $input) { __typename } }',
      { input: { id: shop.contactId, firstName } },
    )
    if (updateContact.__typename !== 'UpdateContactPayload') throw new Error(JSON.stringify(updateContact))
  }
  return {
    ...shop,
    until,
    async createEndpoint(url, wish = {}) {
      const { createWebhookEndpoint: made } = await shop.data(
        `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
          __typename
          ... on CreateWebhookEndpointPayload { secret standardWebhooksSecret endpoint { id databaseId } }
          ... on InvalidInput { issues { code path } }
        } }`,
        { input: { url, name: 'Receiver', ...wish } },
      )
      if (made.__typename !== 'CreateWebhookEndpointPayload') throw new Error(JSON.stringify(made))
      const { secret, standardWebhooksSecret, endpoint } = made
      return { secret, standardWebhooksSecret, ...endpoint }
    },
    async addContact() {
      contacts += 1
      await shop.data(
        'mutation ($input: CreateContactInput!) { createContact(input: $input) { ... on CreateContactPayload { replayed } } }',
        { input: { emailAddress: `contact-${contacts}@example.com` } },
      )
    },
    renameContact: firstName => renameAt(gateway.url, firstName),
    renameAt,
    async deliveries(filter = {}) {
      const { deliveries } = await shop.data(
        `query ($filter: WebhookDeliveryFilter) { deliveries(first: 100, filter: $filter) { edges { node {
          id status origin eventId eventType attemptCount nextAttemptAt finishedAt endpoint { id } event { eventId payload }
          attempts { number succeeded statusCode latencyMs error requestHead responseHead responseBody startedAt }
        } } } }`,
        { filter },
      )
      return deliveries.edges.map((edge: Found) => edge.node)
    },
    async redeliver(deliveryId) {
      const { redeliverWebhook } = await shop.data(
        `mutation ($id: ID!) { redeliverWebhook(input: { deliveryId: $id }) {
          __typename ... on RedeliverWebhookPayload { delivery { id status } } ... on UserError { code path }
        } }`,
        { id: deliveryId },
      )
      return redeliverWebhook
    },
    async makeDue() {
      await sql`update webhook_queue set due_at = now()
        where workspace_id = ${shop.workspaceId} and not leased and due_at is not null`.execute(db)
      webhooksOf(db).due()
    },
  }
}

/** The database id in a global id. */
export function databaseId(globalId: string): string {
  return decodeGlobalId(globalId)?.id ?? ''
}
