import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { buryQueued } from './bury-deliveries.ts'
import { endpointReferenceInput } from './endpoint-input.ts'
import { lockEndpoint } from './endpoint-store.ts'
import { webhooksOf } from './webhooks.ts'

/**
 * Deletes an endpoint with its secrets and returns its id. Its deliveries stay visible until they expire; pending ones are given
 * up. Throws InvalidInput.
 */
export async function deleteWebhookEndpoint(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const webhooks = webhooksOf(context.db)
  const input = parseInput(endpointReferenceInput, rawInput)
  const workspaceId = context.actor.workspace.id
  const outcome = await runCommand(context, 'deleteWebhookEndpoint', input, async trx => {
    const endpoint = await lockEndpoint(trx, workspaceId, input.id)
    if (endpoint === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    await buryQueued(trx, { workspaceId, endpointId: endpoint.id })
    await trx
      .deleteFrom('webhook_endpoints')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', endpoint.id)
      .execute()
    return endpoint.id
  })
  if (!outcome.replayed) webhooks.changed(workspaceId, outcome.result)
  return outcome
}
