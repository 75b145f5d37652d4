import { nodeRef } from '../graphql/node.ts'
import { loadDeliveries } from './delivery-store.ts'
import { loadEndpoints } from './endpoint-store.ts'

/** The GraphQL type of an endpoint. */
export const WebhookEndpointRef = nodeRef('WebhookEndpoint', { scope: 'webhooks:read', load: loadEndpoints })

/** The GraphQL type of a delivery. */
export const WebhookDeliveryRef = nodeRef('WebhookDelivery', { scope: 'webhooks:read', load: loadDeliveries })
