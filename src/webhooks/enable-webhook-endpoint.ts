import { lastSequence } from '../events/append-event.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { endpointReferenceInput } from './endpoint-input.ts'
import { changeEndpoint, lockEndpoint } from './endpoint-store.ts'
import { openPlace, skipUnwanted } from './fan-out.ts'
import { senderOf, webhooksOf } from './webhooks.ts'

/**
 * Enables an endpoint and returns its id: it gets the events from now on, and what was still pending when it was disabled. An
 * enabled one stays as it is. Throws InvalidInput and SecretsKeyMissing.
 */
export async function enableWebhookEndpoint(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { wakes } = senderOf(context.db)
  const webhooks = webhooksOf(context.db)
  const input = parseInput(endpointReferenceInput, rawInput)
  const workspaceId = context.actor.workspace.id
  const outcome = await runCommand(context, 'enableWebhookEndpoint', input, async trx => {
    const starts = await lastSequence(trx, workspaceId)
    await openPlace(trx, workspaceId, starts)
    const before = await lockEndpoint(trx, workspaceId, input.id)
    if (before === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    if (before.enabled) return before.id
    const cleared = { disabled_at: null, disabled_reason: null, failing_since: null, held_until: null }
    await changeEndpoint(trx, before, { ...cleared, enabled: true, starts_after: starts })
    await skipUnwanted(trx, workspaceId)
    await wakes.add(trx, wakes.missing([0]))
    return before.id
  })
  if (!outcome.replayed) {
    webhooks.changed(workspaceId, outcome.result)
    webhooks.due()
  }
  return outcome
}
