import * as v from 'valibot'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { InvalidInput, notFound } from '../shared/errors.ts'
import { globalId, idempotencyKey, parseInput } from '../shared/input.ts'
import { lockEndpoint } from './endpoint-store.ts'
import { queueAgain } from './queue-again.ts'
import { EndpointDisabled } from './webhook-endpoint.ts'
import { senderOf, webhooksOf } from './webhooks.ts'

const path = ['input', 'deliveryId']

const redeliverWebhookInput = v.object({ deliveryId: globalId('WebhookDelivery'), idempotencyKey })

/**
 * Sends a delivery once more, whatever became of it, and returns its id: a finished one starts over with 72 hours of its own, a
 * pending one is due now, unless it is under way or waits in its lane. Throws InvalidInput, EndpointDisabled and SecretsKeyMissing.
 */
export async function redeliverWebhook(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { wakes } = senderOf(context.db)
  const input = parseInput(redeliverWebhookInput, rawInput)
  const workspaceId = context.actor.workspace.id
  const outcome = await runCommand(context, 'redeliverWebhook', input, async trx => {
    const delivery = await trx
      .selectFrom('webhook_deliveries')
      .select(['id', 'created_at', 'endpoint_id', 'event_sequence'])
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', input.deliveryId)
      .executeTakeFirst()
    if (delivery === undefined) throw notFound('delivery', path)
    const endpoint = await lockEndpoint(trx, workspaceId, delivery.endpoint_id)
    if (endpoint === undefined) throw notFound('webhook endpoint any more', path)
    if (!endpoint.enabled) throw new EndpointDisabled(endpoint.id, path)
    const event = await trx
      .selectFrom('events')
      .select(['created_at', 'subject_type', 'subject_id'])
      .where('workspace_id', '=', workspaceId)
      .where('sequence', '=', delivery.event_sequence)
      .executeTakeFirst()
    if (event === undefined) {
      throw new InvalidInput([{ code: 'EVENT_EXPIRED', message: 'The log no longer keeps its event.', path }])
    }
    await queueAgain(trx, { delivery, endpoint, event })
    await wakes.add(trx, wakes.missing([0]))
    return delivery.id
  })
  if (!outcome.replayed) webhooksOf(context.db).due()
  return outcome
}
