import { EventTypeEnum, knownEventType } from '../events/event-enums.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { globalId, idArgument, NodeInterface } from '../graphql/node.ts'
import { listedEndpoints } from './endpoint-store.ts'
import { DisabledReasonEnum } from './webhook-enums.ts'
import { WebhookEndpointRef } from './webhook-refs.ts'

builder.objectType(WebhookEndpointRef, {
  description: 'A URL that the events of the workspace are posted to, signed.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('WebhookEndpoint')),
    databaseId: t.exposeString('id', { description: 'The id that events show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows in URLs.' }),
    url: t.exposeString('url', { description: 'Where events are posted to.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    eventTypes: t.field({
      type: [EventTypeEnum],
      description: 'The types it gets; empty: all, also those of later versions.',
      resolve: endpoint => endpoint.event_types.flatMap(type => knownEventType(type) ?? []),
    }),
    apiVersion: t.exposeInt('api_version', { description: 'The version of the body.' }),
    liveMode: t.exposeBoolean('live_mode', {
      nullable: true,
      description: 'Only events of live orders, or only of test orders; neither has those of contacts. Null: all.',
    }),
    ordered: t.exposeBoolean('ordered', {
      description:
        'Whether events about one subject are delivered one after the other, in order: one that fails holds up the later ones of its subject.',
    }),
    document: t.exposeString('document', {
      nullable: true,
      description: 'A subscription to `events` whose results are the bodies; null: the body is the event’s `payload`.',
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether events are sent to it.' }),
    disabledAt: t.expose('disabled_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was disabled; null when it is enabled.',
    }),
    disabledReason: t.expose('disabled_reason', {
      type: DisabledReasonEnum,
      nullable: true,
      description: 'Why it is disabled; null when it is enabled.',
    }),
    failingSince: t.expose('failing_since', {
      type: 'DateTime',
      nullable: true,
      description:
        'The first failure since the last success, or since the last two days without any; after five days it is disabled. Null: the last one was taken.',
    }),
    heldUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Until when nothing is sent to it, as its receiver asked by `Retry-After` with a 429 or 503, at most 72 hours; null: it did not.',
      resolve: ({ held_until }) => (held_until !== null && Date.parse(held_until) > Date.now() ? held_until : null),
    }),
    previousSecretUntil: t.expose('previous_secret_until', {
      type: 'DateTime',
      nullable: true,
      description: 'Up to when the secret before the last rotation is good; null: there is no such secret.',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When it last changed.' }),
  }),
})

const WebhookEndpointConnection = connectionType('WebhookEndpoint', WebhookEndpointRef)

builder.queryFields(t => ({
  webhookEndpoint: t.field({
    type: WebhookEndpointRef,
    nullable: true,
    scope: 'webhooks:read',
    description: 'One webhook endpoint; null when the workspace has none.',
    args: { id: t.arg.id({ required: true, description: 'The global id of an endpoint.' }) },
    resolve: (_root, { id }, context) =>
      WebhookEndpointRef.getDataloader(context).load(idArgument('WebhookEndpoint', id, 'id')),
  }),
  webhookEndpoints: t.field({
    type: WebhookEndpointConnection,
    scope: 'webhooks:read',
    description: 'The webhook endpoints of the workspace, oldest first.',
    args: pageArgs(t),
    resolve: (_root, page, context) =>
      readConnection(context, listedEndpoints, { column: 'created_at', descending: false }, page, []),
  }),
}))
