import { lastSequence } from '../events/append-event.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { createEndpointInput } from './endpoint-input.ts'
import { openPlace } from './fan-out.ts'
import { maxEndpoints, TooManyEndpoints } from './webhook-endpoint.ts'
import { generateSecret, secretOwner } from './webhook-secret.ts'
import { senderOf, webhooksOf } from './webhooks.ts'

/** An endpoint with a secret that was just made; undefined in a replay: it can't be shown again. */
export interface EndpointWithSecret {
  id: string
  secret: Buffer | undefined
}

/**
 * Makes an endpoint, which gets the events from now on. Throws InvalidInput, TooManyEndpoints and SecretsKeyMissing. Only the id
 * survives a replay.
 */
export async function createWebhookEndpoint(
  context: CommandContext,
  rawInput: unknown,
): Promise<Outcome<EndpointWithSecret>> {
  const { box } = senderOf(context.db).sending
  const webhooks = webhooksOf(context.db)
  const input = parseWithoutNulls(createEndpointInput(webhooks), rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  const secret = generateSecret()
  const outcome = await runCommand(context, 'createWebhookEndpoint', input, async trx => {
    const starts = await lastSequence(trx, workspaceId)
    await openPlace(trx, workspaceId, starts)
    // Under the lock of the place, so that two at once don't go beyond the limit.
    const { count } = await trx
      .selectFrom('webhook_endpoints')
      .select(eb => eb.fn.countAll<string>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= maxEndpoints) throw new TooManyEndpoints()
    const { id } = await trx
      .insertInto('webhook_endpoints')
      .values({
        workspace_id: workspaceId,
        url: input.url,
        name: input.name,
        event_types: input.eventTypes ?? [],
        live_mode: input.liveMode ?? null,
        ordered: input.ordered ?? false,
        starts_after: starts,
        document: input.document ?? null,
        document_scopes: input.document == null ? [] : [...actor.scopes],
        // Sealed with its id, which is known from here on.
        secret: '',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await trx
      .updateTable('webhook_endpoints')
      .set({ secret: box.seal(secret, secretOwner(workspaceId, id)) })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .execute()
    return id
  })
  if (!outcome.replayed) webhooks.changed(workspaceId, outcome.result)
  return { ...outcome, result: { id: outcome.result, secret: outcome.replayed ? undefined : secret } }
}
