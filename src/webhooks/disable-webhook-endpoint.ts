import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { endpointReferenceInput } from './endpoint-input.ts'
import { changeEndpoint, disabledColumns, lockEndpoint } from './endpoint-store.ts'
import { webhooksOf } from './webhooks.ts'

/**
 * Disables an endpoint and returns its id: nothing is sent to it any more, and events that happen meanwhile are not kept for it.
 * Throws InvalidInput.
 */
export async function disableWebhookEndpoint(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const webhooks = webhooksOf(context.db)
  const input = parseInput(endpointReferenceInput, rawInput)
  const workspaceId = context.actor.workspace.id
  const outcome = await runCommand(context, 'disableWebhookEndpoint', input, async trx => {
    const before = await lockEndpoint(trx, workspaceId, input.id)
    if (before === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    if (before.enabled) await changeEndpoint(trx, before, disabledColumns('requested'))
    return before.id
  })
  if (!outcome.replayed) webhooks.changed(workspaceId, outcome.result)
  return outcome
}
