import { EventTypeEnum } from '../events/event-enums.ts'
import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, type Payload, PayloadInterface } from '../graphql/mutation.ts'
import { commonErrors } from '../graphql/user-error.ts'
import { createWebhookEndpoint, type EndpointWithSecret } from './create-webhook-endpoint.ts'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts'
import { disableWebhookEndpoint } from './disable-webhook-endpoint.ts'
import { enableWebhookEndpoint } from './enable-webhook-endpoint.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'
import { DocumentNeedsScopes, SecretStillOverlaps, SecretsKeyMissing, TooManyEndpoints } from './webhook-endpoint.ts'
import { WebhookEndpointRef } from './webhook-refs.ts'
import { clickFunnelsSecret, standardWebhooksSecret } from './webhook-secret.ts'

const endpointDescription = 'The endpoint as it is now; null when the key may not read webhooks.'

const payloadType = (name: string, description: string) =>
  builder.objectRef<Payload<string>>(name).implement({
    description,
    interfaces: [PayloadInterface],
    fields: t => ({
      endpoint: t.field({
        type: WebhookEndpointRef,
        nullable: true,
        scope: 'webhooks:read',
        description: endpointDescription,
        resolve: payload => payload.result,
      }),
    }),
  })

const secretPayloadType = (name: string, description: string) =>
  builder.objectRef<Payload<EndpointWithSecret>>(name).implement({
    description,
    interfaces: [PayloadInterface],
    fields: t => ({
      endpoint: t.field({
        type: WebhookEndpointRef,
        nullable: true,
        scope: 'webhooks:read',
        description: endpointDescription,
        resolve: payload => payload.result.id,
      }),
      secret: t.string({
        nullable: true,
        description:
          'The secret as ClickFunnels has it, 64 hexadecimal digits, shown here and never again. `X-Webhook-ClickFunnels-Signature` is the hexadecimal HMAC-SHA256 of timestamp, "." and body, keyed by these characters. Null in a replay: rotate it then.',
        resolve: ({ result: { secret } }) => (secret === undefined ? null : clickFunnelsSecret(secret)),
      }),
      standardWebhooksSecret: t.string({
        nullable: true,
        description:
          'The same 32 bytes as libraries of Standard Webhooks take them, for `webhook-signature`. Null in a replay.',
        resolve: ({ result: { secret } }) => (secret === undefined ? null : standardWebhooksSecret(secret)),
      }),
    }),
  })

const endpointFields = (t: InputFields) => ({
  eventTypes: t.field({
    type: [EventTypeEnum],
    description: 'The types it gets; absent, null or empty: all, also those of later versions.',
  }),
  liveMode: t.boolean({ description: 'Only events of live orders, or only of test orders; absent or null: all.' }),
  ordered: t.boolean({
    description: 'Whether events about one subject are delivered one after the other, in order; default false.',
  }),
  document: t.string({
    description:
      'Shapes the body: a subscription to `events` without arguments and variables; the body is what a subscriber gets for the event, with the rights of this key. Null: the event’s `payload`.',
  }),
  idempotencyKey: t.string({ description: idempotencyKeyDescription }),
})

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  description: 'A new webhook endpoint.',
  fields: t => ({
    url: t.string({
      required: true,
      description: 'Where to post: https, port 443 or 8443, a public address, no user name, no fragment.',
    }),
    name: t.string({ required: true, description: 'What people call it.' }),
    ...endpointFields(t),
  }),
})

const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'Changes to a webhook endpoint: what is absent stays, null clears.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the endpoint.' }),
    url: t.string({ description: 'Where to post.' }),
    name: t.string({ description: 'What people call it.' }),
    ...endpointFields(t),
  }),
})

const referenceInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: t => ({
      id: t.id({ required: true, description: 'The global id of the endpoint.' }),
      idempotencyKey: t.string({ description: idempotencyKeyDescription }),
    }),
  })

const EnableInput = referenceInput('EnableWebhookEndpointInput', 'Which endpoint to enable.')
const DisableInput = referenceInput('DisableWebhookEndpointInput', 'Which endpoint to disable.')
const DeleteInput = referenceInput('DeleteWebhookEndpointInput', 'Which endpoint to delete.')
const RotateInput = builder.inputType('RotateWebhookSecretInput', {
  description: 'Whose secret to rotate.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the endpoint.' }),
    atOnce: t.boolean({
      description:
        'Whether the old secret is good for nothing at once, for one that leaked; default false: it is good for another day.',
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

builder.mutationFields(t => ({
  createWebhookEndpoint: t.field({
    type: secretPayloadType('CreateWebhookEndpointPayload', 'The endpoint that was created, with its secret.'),
    scope: 'webhooks:write',
    description: 'Creates a webhook endpoint, which gets the events from now on. At most 50 in a workspace.',
    args: { input: t.arg({ type: CreateWebhookEndpointInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [...commonErrors, TooManyEndpoints, SecretsKeyMissing] },
    resolve: (_root, { input }, context) => answer(context, createWebhookEndpoint(context.commands, input)),
  }),
  updateWebhookEndpoint: t.field({
    type: payloadType('UpdateWebhookEndpointPayload', 'The endpoint that was changed.'),
    scope: 'webhooks:write',
    description:
      'Changes a webhook endpoint. What is pending goes to the new URL. An endpoint with a document keeps the rights of whoever wrote it, so only a key with all of them can change its URL alone.',
    args: { input: t.arg({ type: UpdateWebhookEndpointInput, required: true, description: 'The changes.' }) },
    errors: { types: [...commonErrors, DocumentNeedsScopes] },
    resolve: (_root, { input }, context) => answer(context, updateWebhookEndpoint(context.commands, input)),
  }),
  enableWebhookEndpoint: t.field({
    type: payloadType('EnableWebhookEndpointPayload', 'The endpoint that was enabled.'),
    scope: 'webhooks:write',
    description:
      'Enables a webhook endpoint: it gets the events from now on, and what was pending when it was disabled. What happened meanwhile can be sent by `replayEvents`.',
    args: { input: t.arg({ type: EnableInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [...commonErrors, SecretsKeyMissing] },
    resolve: (_root, { input }, context) => answer(context, enableWebhookEndpoint(context.commands, input)),
  }),
  disableWebhookEndpoint: t.field({
    type: payloadType('DisableWebhookEndpointPayload', 'The endpoint that was disabled.'),
    scope: 'webhooks:write',
    description: 'Disables a webhook endpoint: nothing more is sent to it. What is pending waits, up to its 72 hours.',
    args: { input: t.arg({ type: DisableInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [...commonErrors] },
    resolve: (_root, { input }, context) => answer(context, disableWebhookEndpoint(context.commands, input)),
  }),
  deleteWebhookEndpoint: t.field({
    type: builder.objectRef<Payload<string>>('DeleteWebhookEndpointPayload').implement({
      description: 'The endpoint is gone.',
      interfaces: [PayloadInterface],
    }),
    scope: 'webhooks:write',
    description: 'Deletes a webhook endpoint with its secrets. Its deliveries stay visible; pending ones are given up.',
    args: { input: t.arg({ type: DeleteInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [...commonErrors] },
    resolve: (_root, { input }, context) => answer(context, deleteWebhookEndpoint(context.commands, input)),
  }),
  rotateWebhookSecret: t.field({
    type: secretPayloadType('RotateWebhookSecretPayload', 'The endpoint and its new secret.'),
    scope: 'webhooks:write',
    description:
      'Gives a webhook endpoint another secret. For a day `webhook-signature` has a signature by each, and `X-Webhook-ClickFunnels-Signature`, which has room for one, is by the old one still: who verifies by it changes to the new secret when `previousSecretUntil` has come. Until then the secret cannot be rotated again, save `atOnce`.',
    args: { input: t.arg({ type: RotateInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [...commonErrors, SecretStillOverlaps, SecretsKeyMissing] },
    resolve: (_root, { input }, context) => answer(context, rotateWebhookSecret(context.commands, input)),
  }),
}))
