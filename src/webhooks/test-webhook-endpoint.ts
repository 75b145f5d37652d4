import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { EventRow } from '../events/event-store.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { notFound } from '../shared/errors.ts'
import { globalId, parseInput } from '../shared/input.ts'
import type { RoundTrip } from './delivery.ts'
import { endpointBody } from './endpoint-body.ts'
import { type EndpointRow, lockEndpoint } from './endpoint-store.ts'
import { CutOff } from './post.ts'
import { failedTrip, sendEvent } from './send-event.ts'
import { senderOf } from './webhooks.ts'

const testWebhookEndpointInput = v.object({ id: globalId('WebhookEndpoint') })

/** What a test sends; no event of the log has this type. */
const testEventType = 'webhooks/outgoing/endpoint.tested'

/**
 * Sends an endpoint, enabled or not, a signed event about itself that stands in no log, and says how it went. Throws InvalidInput
 * and SecretsKeyMissing.
 */
export async function testWebhookEndpoint(
  context: CommandContext,
  rawInput: unknown,
): Promise<Outcome<{ endpoint: EndpointRow; trip: RoundTrip }>> {
  const { sending } = senderOf(context.db)
  const input = parseInput(testWebhookEndpointInput, rawInput)
  const { actor } = context
  const { result: endpoint, ...outcome } = await runCommand(context, 'testWebhookEndpoint', {}, async trx => {
    const row = await lockEndpoint(trx, actor.workspace.id, input.id)
    if (row === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    return row
  })
  // Outside of the transaction: a receiver may take its time.
  const trip = await sendEvent(sending, endpoint, testEvent(endpoint, context)).catch(error => {
    if (error instanceof CutOff) return failedTrip(Date.now(), error.message)
    throw error
  })
  return { ...outcome, result: { endpoint, trip } }
}

function testEvent(endpoint: EndpointRow, { actor }: CommandContext): EventRow {
  return {
    workspace_id: endpoint.workspace_id,
    sequence: '0',
    id: '0',
    event_id: randomUUID(),
    created_at: new Date().toISOString(),
    type: testEventType,
    subject_type: 'Webhooks::Outgoing::Endpoint',
    subject_id: endpoint.id,
    live_mode: endpoint.live_mode,
    api_version: endpoint.api_version,
    data: JSON.stringify(endpointBody(endpoint)),
    actor_type: actor.type,
    actor_id: actor.id,
    actor_name: actor.name,
  }
}
