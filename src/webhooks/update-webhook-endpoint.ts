import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import type { Actor, Scope } from '../shared/actor.ts'
import { isChange } from '../shared/columns.ts'
import { notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { updateEndpointInput } from './endpoint-input.ts'
import { changeEndpoint, type EndpointRow, lockEndpoint } from './endpoint-store.ts'
import { DocumentNeedsScopes } from './webhook-endpoint.ts'
import { webhooksOf } from './webhooks.ts'

/** Changes an endpoint and returns its id: absent leaves, null clears. Throws InvalidInput and DocumentNeedsScopes. */
export async function updateWebhookEndpoint(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const webhooks = webhooksOf(context.db)
  const input = parseInput(updateEndpointInput(webhooks), rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  const outcome = await runCommand(context, 'updateWebhookEndpoint', input, async trx => {
    const before = await lockEndpoint(trx, workspaceId, input.id)
    if (before === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    if (input.url != null && input.url !== before.url && input.document === undefined) assertMayMove(before, actor)
    const { url, name, eventTypes, liveMode, ordered, document } = input
    const columns = {
      // What the receiver at the old one asked for is not said of the new one.
      ...(url != null && { url, ...(url !== before.url && { held_until: null }) }),
      ...(name != null && { name }),
      ...(eventTypes !== undefined && { event_types: eventTypes ?? [] }),
      ...(liveMode !== undefined && { live_mode: liveMode }),
      ...(ordered !== undefined && { ordered: ordered ?? false }),
      ...(document !== undefined && { document, document_scopes: document === null ? [] : [...actor.scopes] }),
    }
    if (isChange(before, columns)) await changeEndpoint(trx, before, columns)
    return before.id
  })
  if (!outcome.replayed) webhooks.changed(workspaceId, outcome.result)
  return outcome
}

// The document is somebody else's: what it reads must not go where the one who moves it says, unless they may read it, too.
function assertMayMove({ document, document_scopes }: EndpointRow, { scopes }: Actor): void {
  const missing = document_scopes.filter(scope => !scopes.has(scope as Scope))
  if (document !== null && missing.length > 0) throw new DocumentNeedsScopes(missing)
}
