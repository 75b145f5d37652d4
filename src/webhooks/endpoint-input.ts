import { z } from 'zod'
import { eventTypes } from '../events/event.ts'
import { globalId, idempotencyKey, requiredText, text } from '../shared/input.ts'
import { urlProblem } from './endpoint-url.ts'
import type { Webhooks } from './webhooks.ts'

const knownTypes = new Set<string>(Object.keys(eventTypes))

/** Longer documents are not kept. */
const maxDocument = 20_000

function members({ allowLoopback, documentProblem }: Webhooks) {
  return {
    url: text(2_048).superRefine((value, context) => {
      const problem = urlProblem(value, allowLoopback)
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', message: problem.message, params: { code: problem.code } })
      }
    }),
    name: requiredText(255),
    eventTypes: z
      .array(z.string().refine(type => knownTypes.has(type), 'Is no event type.'))
      .max(100, 'More than 100 types.')
      .transform(types => [...new Set(types)])
      .nullish(),
    liveMode: z.boolean().nullish(),
    ordered: z.boolean().nullish(),
    document: text(maxDocument)
      .superRefine((value, context) => {
        const problem = documentProblem(value)
        if (problem !== undefined)
          context.addIssue({ code: 'custom', message: problem, params: { code: 'INVALID_DOCUMENT' } })
      })
      .nullish(),
    idempotencyKey,
  }
}

/** The rules of `createWebhookEndpoint`. */
export function createEndpointInput(webhooks: Webhooks) {
  return z.object(members(webhooks))
}

/** The rules of `updateWebhookEndpoint`. */
export function updateEndpointInput(webhooks: Webhooks) {
  const { url, name, ...rest } = members(webhooks)
  const cleared = { error: 'Cannot be cleared.', params: { code: 'INVALID_TYPE' } }
  return z.object({
    ...rest,
    id: globalId('WebhookEndpoint'),
    url: url.nullish().refine(value => value !== null, cleared),
    name: name.nullish().refine(value => value !== null, cleared),
  })
}

/** The rules of the mutations that name an endpoint and nothing else. */
export const endpointReferenceInput = z.object({ id: globalId('WebhookEndpoint'), idempotencyKey })

/** The rules of `rotateWebhookSecret`. */
export const rotateSecretInput = endpointReferenceInput.extend({ atOnce: z.boolean().nullish() })
