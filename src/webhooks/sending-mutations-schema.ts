import { encodeEventCursor } from '../events/cursor.ts'
import { EventTypeEnum } from '../events/event-enums.ts'
import { builder } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, type Payload, PayloadInterface } from '../graphql/mutation.ts'
import { commonErrors } from '../graphql/user-error.ts'
import { InvalidInput } from '../shared/errors.ts'
import type { RoundTrip } from './delivery.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { redeliverWebhook } from './redeliver-webhook.ts'
import { maxReplayed, type Replay, replayEvents } from './replay-events.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'
import { attemptOfTrip, WebhookAttemptRef } from './webhook-attempt-schema.ts'
import { EndpointDisabled, SecretsKeyMissing } from './webhook-endpoint.ts'
import { WebhookDeliveryRef, WebhookEndpointRef } from './webhook-refs.ts'

const TestWebhookEndpointInput = builder.inputType('TestWebhookEndpointInput', {
  description: 'Which endpoint to test.',
  fields: t => ({ id: t.id({ required: true, description: 'The global id of the endpoint.' }) }),
})

const TestWebhookEndpointPayload = builder
  .objectRef<Payload<{ endpoint: EndpointRow; trip: RoundTrip }>>('TestWebhookEndpointPayload')
  .implement({
    description: 'How the test went.',
    interfaces: [PayloadInterface],
    fields: t => ({
      attempt: t.field({
        type: WebhookAttemptRef,
        description: 'What was sent and answered.',
        resolve: payload => attemptOfTrip(payload.result.trip),
      }),
      endpoint: t.field({
        type: WebhookEndpointRef,
        nullable: true,
        scope: 'webhooks:read',
        description: 'The endpoint; null when the key may not read webhooks.',
        resolve: payload => payload.result.endpoint,
      }),
    }),
  })

const RedeliverWebhookInput = builder.inputType('RedeliverWebhookInput', {
  description: 'Which delivery to send again.',
  fields: t => ({
    deliveryId: t.id({ required: true, description: 'The global id of the delivery.' }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

const RedeliverWebhookPayload = builder.objectRef<Payload<string>>('RedeliverWebhookPayload').implement({
  description: 'The delivery that is sent again.',
  interfaces: [PayloadInterface],
  fields: t => ({
    delivery: t.field({
      type: WebhookDeliveryRef,
      nullable: true,
      scope: 'webhooks:read',
      description: 'The delivery as it is now; null when the key may not read webhooks.',
      resolve: payload => payload.result,
    }),
  }),
})

const ReplayEventsInput = builder.inputType('ReplayEventsInput', {
  description: 'Which events to send to an endpoint again.',
  fields: t => ({
    endpointId: t.id({ required: true, description: 'The global id of the endpoint.' }),
    after: t.string({
      required: true,
      description: 'A cursor of the log: the events after it. `START` is the place before the earliest that is kept.',
    }),
    until: t.string({ description: 'A cursor of the log: the last event to send. Absent: the last there is.' }),
    types: t.field({ type: [EventTypeEnum], description: 'Any of these types; absent: those the endpoint gets.' }),
    dryRun: t.boolean({ description: 'Only count.' }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

const ReplayEventsPayload = builder.objectRef<Payload<Replay>>('ReplayEventsPayload').implement({
  description: 'What is sent again.',
  interfaces: [PayloadInterface],
  fields: t => ({
    eventCount: t.int({
      description: 'How many events are sent again, each as a delivery of its own; in a dry run: would be.',
      resolve: payload => payload.result.count,
    }),
    continueAfter: t.string({
      nullable: true,
      description: `Where to go on, when there are more than the ${maxReplayed} events of one call; null: that was all.`,
      resolve: ({ result: { continueAfter } }, _args, { actor }) =>
        continueAfter === null ? null : encodeEventCursor(actor.workspace, continueAfter),
    }),
    endpoint: t.field({
      type: WebhookEndpointRef,
      nullable: true,
      scope: 'webhooks:read',
      description: 'The endpoint; null when the key may not read webhooks.',
      resolve: payload => payload.result.endpointId,
    }),
  }),
})

builder.mutationFields(t => ({
  testWebhookEndpoint: t.field({
    type: TestWebhookEndpointPayload,
    scope: 'webhooks:write',
    description:
      'Posts a signed test event of the type `webhooks/outgoing/endpoint.tested` to an endpoint, enabled or not, and waits for the answer. It stands neither in the log nor among the deliveries.',
    args: { input: t.arg({ type: TestWebhookEndpointInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [InvalidInput, SecretsKeyMissing] },
    resolve: (_root, { input }, context) => answer(context, testWebhookEndpoint(context.commands, input)),
  }),
  redeliverWebhook: t.field({
    type: RedeliverWebhookPayload,
    scope: 'webhooks:write',
    description:
      'Sends a delivery again, whatever became of it: a finished one has another 72 hours, a pending one is due now.',
    args: { input: t.arg({ type: RedeliverWebhookInput, required: true, description: 'The delivery.' }) },
    errors: { types: [...commonErrors, EndpointDisabled, SecretsKeyMissing] },
    resolve: (_root, { input }, context) => answer(context, redeliverWebhook(context.commands, input)),
  }),
  replayEvents: t.field({
    type: ReplayEventsPayload,
    scope: 'webhooks:write',
    description: 'Sends an endpoint a stretch of the event log again, as new deliveries with the same event ids.',
    args: { input: t.arg({ type: ReplayEventsInput, required: true, description: 'The stretch.' }) },
    errors: { types: [...commonErrors, EndpointDisabled, SecretsKeyMissing] },
    resolve: (_root, { input }, context) => answer(context, replayEvents(context.commands, input)),
  }),
}))
