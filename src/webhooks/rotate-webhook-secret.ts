import { sql } from 'kysely'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import type { EndpointWithSecret } from './create-webhook-endpoint.ts'
import { rotateSecretInput } from './endpoint-input.ts'
import { changeEndpoint, lockEndpoint } from './endpoint-store.ts'
import { SecretStillOverlaps } from './webhook-endpoint.ts'
import { generateSecret, rotationOverlap, secretOwner } from './webhook-secret.ts'
import { senderOf, webhooksOf } from './webhooks.ts'

/**
 * Gives an endpoint another secret. For a day the old one is good, too: both sign in the headers of Standard Webhooks, and
 * ClickFunnels' header, which has room for one, stays with the old one; or at once the old one is good for nothing. Throws
 * InvalidInput, SecretStillOverlaps and SecretsKeyMissing. Only the id survives a replay.
 */
export async function rotateWebhookSecret(
  context: CommandContext,
  rawInput: unknown,
): Promise<Outcome<EndpointWithSecret>> {
  const { box } = senderOf(context.db).sending
  const input = parseInput(rotateSecretInput, rawInput)
  const workspaceId = context.actor.workspace.id
  const secret = generateSecret()
  const outcome = await runCommand(context, 'rotateWebhookSecret', input, async trx => {
    const before = await lockEndpoint(trx, workspaceId, input.id)
    if (before === undefined) throw notFound('webhook endpoint', ['input', 'id'])
    const until = before.previous_secret_until
    if (input.atOnce !== true && until !== null && Date.parse(until) > Date.now()) throw new SecretStillOverlaps(until)
    await changeEndpoint(trx, before, {
      secret: box.seal(secret, secretOwner(workspaceId, before.id)),
      ...(input.atOnce === true
        ? { previous_secret: null, previous_secret_until: null }
        : {
            previous_secret: before.secret,
            previous_secret_until: sql<string>`clock_timestamp() + ${rotationOverlap}::interval`,
          }),
    })
    return before.id
  })
  if (!outcome.replayed) webhooksOf(context.db).changed(workspaceId, outcome.result)
  return { ...outcome, result: { id: outcome.result, secret: outcome.replayed ? undefined : secret } }
}
