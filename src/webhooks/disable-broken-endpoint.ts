import { sql } from 'kysely'
import { type CommandContext, runCommand } from '../idempotency/run-command.ts'
import { endpointSnapshot } from './endpoint-body.ts'
import { changeEndpoint, disabledColumns, type EndpointRow, lockEndpoint } from './endpoint-store.ts'
import { failingDays } from './retry-schedule.ts'

/**
 * Disables an endpoint that said it is gone, or that has failed for five days, with an event about it. Looks again under the
 * endpoint's lock, since it may work by now; true when it was disabled.
 */
export async function disableBrokenEndpoint(
  context: CommandContext,
  endpoint: EndpointRow,
  reason: 'gone' | 'failing',
): Promise<boolean> {
  const { result } = await runCommand(context, 'disableBrokenEndpoint', {}, async (trx, changes) => {
    const before = await lockEndpoint(trx, endpoint.workspace_id, endpoint.id)
    if (!before?.enabled || (reason === 'gone' && before.url !== endpoint.url)) return false
    if (reason === 'failing') {
      const { rows } = await sql`
        select from webhook_endpoints where workspace_id = ${before.workspace_id} and id = ${before.id}
          and failing_since <= now() - make_interval(days => ${failingDays})`.execute(trx)
      if (rows.length === 0) return false
    }
    const after = await changeEndpoint(trx, before, disabledColumns(reason))
    changes.add('webhooks/outgoing/endpoint.disabled', endpointSnapshot(after))
    return true
  })
  return result
}
