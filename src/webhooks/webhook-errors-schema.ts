import { builder } from '../graphql/builder.ts'
import { UserErrorInterface } from '../graphql/user-error.ts'
import { EndpointDisabled, SecretsKeyMissing, TooManyEndpoints } from './webhook-endpoint.ts'
import { WebhookEndpointRef } from './webhook-refs.ts'

builder.objectType(TooManyEndpoints, {
  name: 'TooManyEndpoints',
  description: 'The workspace has as many webhook endpoints as it can have.',
  interfaces: [UserErrorInterface],
})

builder.objectType(EndpointDisabled, {
  name: 'EndpointDisabled',
  description: 'The webhook endpoint is disabled, so nothing is sent to it.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    endpoint: t.field({
      type: WebhookEndpointRef,
      nullable: true,
      scope: 'webhooks:read',
      description: 'The endpoint; null when the key may not read webhooks.',
      resolve: error => error.endpointId,
    }),
  }),
})

builder.objectType(SecretsKeyMissing, {
  name: 'SecretsKeyMissing',
  description: 'Webhooks are off: the operator gave the gateway no key to keep their secrets under.',
  interfaces: [UserErrorInterface],
})
