import { createApiKey } from '../../src/api-keys/create-api-key.ts'
import type { Databases } from '../../src/database/connect.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { openShop, type Shop } from '../setup/shop.ts'

/** A workspace of the torture: what its writers and subscribers have to know. */
export interface Place {
  workspaceId: string
  key: string
  contactId: string
  priceId: string
  variantId: string
}

/** Where everything is played. The first place is written to ten times as much as each other one. */
export interface Stage {
  seed: number
  databaseUrl: string
  /** GraphQL endpoints of all gateways; one may be away. */
  gateways: readonly string[]
  places: readonly Place[]
}

/** How an endpoint of the torture behaves, and what has to come of it. */
export type EndpointKind = 'plain' | 'ordered' | 'shaped' | 'gone' | 'hanging'

/** An endpoint that the receiver answers for, at a path of its own. */
export interface Endpoint {
  kind: EndpointKind
  path: string
  workspaceId: string
  databaseId: string
  /** As ClickFunnels shows it. */
  secret: string
  standardWebhooksSecret: string
}

/** What the endpoints get: what only mutations write. */
export const webhookTypes = ['order.created', 'order.completed', 'orders/invoice.created', 'orders/invoice.paid']

const document = 'subscription { events { cursor ... on Event { sequence eventId payload } } }'
const endpointKinds: readonly EndpointKind[] = ['plain', 'ordered', 'shaped', 'gone', 'hanging']
const placesWithWebhooks = 4

/** Opens shops in workspaces of their own. */
export async function openPlaces(databases: Databases, gatewayUrl: string, count: number): Promise<Shop[]> {
  const shops: Shop[] = []
  const gateway = {
    url: gatewayUrl,
    databases,
    async createKey({ subdomain = '', currency = 'USD' } = {}) {
      const workspace = await createWorkspace(databases.db, { subdomain, name: subdomain, currency })
      const made = await createApiKey(databases.db, workspace.id, { name: 'Torture', scopes: ['*'] })
      return { ...made, workspaceId: workspace.id }
    },
  }
  while (shops.length < count) shops.push(await openShop(gateway))
  return shops
}

export function placeOf({ workspaceId, key, contactId, variantId, oneTimePriceId }: Shop): Place {
  return { workspaceId, key, contactId, variantId, priceId: oneTimePriceId }
}

/** Makes endpoints of every kind in some of the workspaces. */
export async function createEndpoints(shops: readonly Shop[], receiverUrl: string): Promise<Endpoint[]> {
  const endpoints: Endpoint[] = []
  for (const shop of shops.slice(0, placesWithWebhooks)) {
    for (const kind of endpointKinds) {
      const path = `/${shop.workspaceId}/${kind}`
      const { createWebhookEndpoint: made } = await shop.data(
        `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
          ... on CreateWebhookEndpointPayload { secret standardWebhooksSecret endpoint { databaseId } }
          ... on UserError { code message }
        } }`,
        {
          input: {
            url: receiverUrl + path,
            name: kind,
            eventTypes: webhookTypes.map(type => type.toUpperCase().replaceAll(/[^A-Z]/g, '_')),
            ordered: kind === 'ordered',
            ...(kind === 'shaped' && { document }),
          },
        },
      )
      if (made.secret === undefined) throw new Error(`no endpoint: ${JSON.stringify(made)}`)
      const { secret, standardWebhooksSecret, endpoint } = made
      const { workspaceId } = shop
      endpoints.push({ kind, path, workspaceId, databaseId: endpoint.databaseId, secret, standardWebhooksSecret })
    }
  }
  return endpoints
}
