import { EventTypeEnum, knownEventType } from '../events/event-enums.ts'
import { EventRef } from '../events/event-refs.ts'
import { eventByUuid } from '../events/event-uuid-refs.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { idValue, timeRange } from '../graphql/filter-values.ts'
import { globalId, idArgument, NodeInterface } from '../graphql/node.ts'
import { relatedConnection } from '../graphql/related-connection.ts'
import { children } from '../graphql/relation.ts'
import { badUserInput } from '../graphql/request-errors.ts'
import { deliveryConditions, listedDeliveries, loadAttempts, maxShownAttempts } from './delivery-store.ts'
import { attemptOfRow, WebhookAttemptRef } from './webhook-attempt-schema.ts'
import { DeliveryOriginEnum, DeliveryStatusEnum } from './webhook-enums.ts'
import { WebhookDeliveryRef, WebhookEndpointRef } from './webhook-refs.ts'

const attemptsOf = children(loadAttempts, attempt => attempt.delivery_id)

builder.objectType(WebhookDeliveryRef, {
  description: 'One event for one webhook endpoint, kept for about 34 days.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('WebhookDelivery')),
    endpoint: t.field({
      type: WebhookEndpointRef,
      nullable: true,
      description: 'Where it goes; null when the endpoint was deleted.',
      resolve: delivery => delivery.endpoint_id,
    }),
    event: t.field({
      type: EventRef,
      nullable: true,
      scope: 'events:read',
      description: 'What it brings; null when the log no longer keeps it, or the key may not read events.',
      resolve: (delivery, _args, context) => eventByUuid(context, delivery.event_id),
    }),
    eventId: t.exposeString('event_id', {
      description: 'The UUID of the event, which every attempt has as `webhook-id`.',
    }),
    eventType: t.exposeString('event_type', { description: 'What happened, in ClickFunnels’ words.' }),
    type: t.field({
      type: EventTypeEnum,
      nullable: true,
      description: 'What happened; null for a type that is newer than this schema.',
      resolve: delivery => knownEventType(delivery.event_type),
    }),
    origin: t.expose('origin', { type: DeliveryOriginEnum, description: 'Why there is this delivery.' }),
    status: t.expose('status', { type: DeliveryStatusEnum, description: 'Where it stands.' }),
    attemptCount: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    attempts: t.field({
      type: [WebhookAttemptRef],
      description: `What happened each time, in order; the last ${maxShownAttempts}.`,
      resolve: async (delivery, _args, context) => (await attemptsOf(context, delivery.id)).map(attemptOfRow),
    }),
    nextAttemptAt: t.expose('next_attempt_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is due; null when it is finished.',
    }),
    finishedAt: t.expose('finished_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was taken or given up; null while it is pending.',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was made.' }),
  }),
})

const WebhookDeliveryConnection = connectionType('WebhookDelivery', WebhookDeliveryRef)

const WebhookDeliveryFilter = builder.inputType('WebhookDeliveryFilter', {
  description: 'Narrows a list of deliveries; several members must all hold; null means the same as absent.',
  fields: t => ({
    endpointId: t.id({ description: 'To this endpoint, also one that was deleted.' }),
    eventId: t.string({ description: 'Of the event with this UUID.' }),
    types: t.field({ type: [EventTypeEnum], description: 'Any of these event types.' }),
    status: t.field({ type: [DeliveryStatusEnum], description: 'Any of these statuses.' }),
    origin: t.field({ type: [DeliveryOriginEnum], description: 'Any of these origins.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Made in this stretch of time.' }),
  }),
})

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

// Ids count up with time, and each has its place in one index.
const newestFirst = { column: 'id', descending: true }

function uuidValue(value: string | null | undefined): string | undefined {
  if (value == null) return undefined
  if (!uuid.test(value)) throw badUserInput('Not a UUID.', 'filter')
  return value
}

builder.queryFields(t => ({
  delivery: t.field({
    type: WebhookDeliveryRef,
    nullable: true,
    scope: 'webhooks:read',
    description: 'One delivery of a webhook; null when the workspace has none, or no longer.',
    args: { id: t.arg.id({ required: true, description: 'The global id of a delivery.' }) },
    resolve: (_root, { id }, context) =>
      WebhookDeliveryRef.getDataloader(context).load(idArgument('WebhookDelivery', id, 'id')),
  }),
  deliveries: t.field({
    type: WebhookDeliveryConnection,
    scope: 'webhooks:read',
    description: 'The deliveries of all webhook endpoints, newest first.',
    args: { ...pageArgs(t), filter: t.arg({ type: WebhookDeliveryFilter, description: 'Narrows the list.' }) },
    resolve(_root, { filter, ...page }, context) {
      const conditions = deliveryConditions({
        endpointId: idValue('WebhookEndpoint', filter?.endpointId, 'filter.endpointId'),
        eventId: uuidValue(filter?.eventId),
        eventType: filter?.types,
        status: filter?.status,
        origin: filter?.origin,
        createdAt: timeRange(filter?.createdAt, 'filter.createdAt'),
      })
      return readConnection(context, listedDeliveries, newestFirst, page, conditions)
    },
  }),
}))

const deliveriesOfEndpoint = relatedConnection(listedDeliveries, { column: 'endpoint_id' })

builder.objectField(WebhookEndpointRef, 'deliveries', t =>
  t.field({
    type: WebhookDeliveryConnection,
    description: 'What was sent to it, newest first.',
    args: pageArgs(t),
    resolve: (endpoint, page, context) => deliveriesOfEndpoint(context, endpoint.id, newestFirst, page),
  }),
)
