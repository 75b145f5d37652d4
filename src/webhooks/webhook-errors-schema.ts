import { builder } from '../graphql/builder.ts'
import { UserErrorInterface } from '../graphql/user-error.ts'
import {
  DocumentNeedsScopes,
  EndpointDisabled,
  SecretStillOverlaps,
  SecretsKeyMissing,
  TooManyEndpoints,
} from './webhook-endpoint.ts'
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

builder.objectType(DocumentNeedsScopes, {
  name: 'DocumentNeedsScopes',
  description:
    'The endpoint’s document reads with the rights of whoever wrote it; a key that lacks some of them cannot send what it reads elsewhere.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    missingScopes: t.field({
      type: ['String'],
      description: 'The scopes that the key lacks.',
      resolve: error => [...error.missingScopes],
    }),
  }),
})

builder.objectType(SecretStillOverlaps, {
  name: 'SecretStillOverlaps',
  description: 'The secret was rotated less than a day ago, and the one before is still good.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    until: t.expose('until', { type: 'DateTime', description: 'When the secret before the present one ends.' }),
  }),
})

builder.objectType(SecretsKeyMissing, {
  name: 'SecretsKeyMissing',
  description: 'Webhooks are off: the operator gave the gateway no key to keep their secrets under.',
  interfaces: [UserErrorInterface],
})
