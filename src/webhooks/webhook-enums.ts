import { enumOf } from '../graphql/enum.ts'
import type { DeliveryOrigin, DeliveryStatus } from './delivery.ts'
import type { DisabledReason } from './webhook-endpoint.ts'

/** Delivery statuses as GraphQL has them. */
export const DeliveryStatusEnum = enumOf<DeliveryStatus>('WebhookDeliveryStatus', 'Where a delivery stands.', {
  pending: 'On its way: the first attempt or a later one is to come.',
  delivered: 'The receiver took it.',
  dead: 'Given up after 72 hours, a 410, or the end of its endpoint: a dead letter, kept for 30 days.',
})

/** Delivery origins as GraphQL has them. */
export const DeliveryOriginEnum = enumOf<DeliveryOrigin>('WebhookDeliveryOrigin', 'Why there is a delivery.', {
  event: 'The event happened.',
  replay: 'Somebody had it sent again by `replayEvents`.',
})

/** Why endpoints are disabled, as GraphQL has it. */
export const DisabledReasonEnum = enumOf<DisabledReason>(
  'WebhookEndpointDisabledReason',
  'Why an endpoint is disabled.',
  {
    requested: 'Somebody disabled it.',
    gone: 'It answered 410.',
    failing: 'It failed for five days.',
  },
)
