import { sql } from 'kysely'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import type { EndpointWithSecret } from './create-webhook-endpoint.ts'
import { endpointReferenceInput } from './endpoint-input.ts'
import { changeEndpoint, lockEndpoint } from './endpoint-store.ts'
import { generateSecret, rotationOverlap, secretOwner } from './webhook-secret.ts'
import { senderOf, webhooksOf } from './webhooks.ts'

/**
 * Gives an endpoint another secret; for a day the old one signs too, by the headers of Standard Webhooks. Throws InvalidInput and
 * SecretsKeyMissing. Only the id survives a replay.
 */
export async function rotateWebhookSecret(
  context: CommandContext,
  rawInput: unknown,
): Promise<Outcome<EndpointWithSecret>> {
  const { box } = senderOf(context.db).sending
  const input = parseInput(endpointReferenceInput, rawInput)
  const workspaceId = context.actor.workspace.id
  const secret = generateSecret()
  const outcome = await runCommand(context, 'rotateWebhookSecret', input, async trx => {
    const before = await lockEndpoint(trx, workspaceId, input.id)
    if (before === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    await changeEndpoint(trx, before, {
      secret: box.seal(secret, secretOwner(workspaceId, before.id)),
      previous_secret: before.secret,
      previous_secret_until: sql<string>`clock_timestamp() + ${rotationOverlap}::interval`,
    })
    return before.id
  })
  if (!outcome.replayed) webhooksOf(context.db).changed(workspaceId, outcome.result)
  return { ...outcome, result: { id: outcome.result, secret: outcome.replayed ? undefined : secret } }
}
