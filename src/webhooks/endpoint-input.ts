import * as v from 'valibot'
import { eventTypes } from '../events/event.ts'
import { coded, globalId, idempotencyKey, listOf, requiredText, text } from '../shared/input.ts'
import { urlProblem } from './endpoint-url.ts'
import type { Webhooks } from './webhooks.ts'

const knownTypes = new Set<string>(Object.keys(eventTypes))

const eventType = v.pipe(
  v.string(),
  v.check(type => knownTypes.has(type), coded('INVALID', 'Is no event type.')),
)

/** Longer documents are not kept. */
const maxDocument = 20_000

function members({ allowLoopback, documentProblem }: Webhooks) {
  return {
    url: v.pipe(
      text(2_048),
      v.rawCheck(({ dataset, addIssue }) => {
        const problem = dataset.typed ? urlProblem(dataset.value, allowLoopback) : undefined
        if (problem !== undefined) addIssue({ message: coded(problem.code, problem.message) })
      }),
    ),
    name: requiredText(255),
    eventTypes: v.nullish(
      v.pipe(
        listOf(eventType, 100, 'More than 100 types.'),
        v.transform(types => [...new Set(types)]),
      ),
    ),
    liveMode: v.nullish(v.boolean()),
    ordered: v.nullish(v.boolean()),
    document: v.nullish(
      v.pipe(
        text(maxDocument),
        v.rawCheck(({ dataset, addIssue }) => {
          const problem = dataset.typed ? documentProblem(dataset.value) : undefined
          if (problem !== undefined) addIssue({ message: coded('INVALID_DOCUMENT', problem) })
        }),
      ),
    ),
    idempotencyKey,
  }
}

/** The rules of `createWebhookEndpoint`. */
export function createEndpointInput(webhooks: Webhooks) {
  return v.object(members(webhooks))
}

/** The rules of `updateWebhookEndpoint`. */
export function updateEndpointInput(webhooks: Webhooks) {
  const { url, name, ...rest } = members(webhooks)
  const cleared = coded('INVALID_TYPE', 'Cannot be cleared.')
  return v.object({
    ...rest,
    id: globalId('WebhookEndpoint'),
    url: v.optional(v.nonNullable(url, cleared)),
    name: v.optional(v.nonNullable(name, cleared)),
  })
}

/** The rules of the mutations that name an endpoint and nothing else. */
export const endpointReferenceInput = v.object({ id: globalId('WebhookEndpoint'), idempotencyKey })

/** The rules of `rotateWebhookSecret`. */
export const rotateSecretInput = v.object({ ...endpointReferenceInput.entries, atOnce: v.nullish(v.boolean()) })
