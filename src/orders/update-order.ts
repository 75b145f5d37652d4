import { defaultAddress } from '../contacts/address-store.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { notFound, refuseIssues } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { ExternalIdTaken, NotExternal, VersionConflict } from './order-errors.ts'
import { orderMembers, updateOrderInput } from './order-input.ts'
import { contactOf, readOrderSnapshot } from './order-snapshot.ts'
import { holderOfExternalId, lockOrder, writeOrder } from './order-store.ts'
import { subscriptionMemberIssues } from './subscription-members.ts'
import { syncedAddress } from './sync-address.ts'

/**
 * Changes an order (domain 4.6) and returns its id: absent leaves, null clears. An order of a processor takes notes
 * only. Throws InvalidInput, VersionConflict, ExternalIdTaken and NotExternal.
 */
export function updateOrder(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(updateOrderInput, rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  return runCommand(context, 'updateOrder', input, async (trx, changes) => {
    const before = await lockOrder(trx, workspaceId, input.order)
    if (before === undefined) throw notFound('order', ['input', 'order'])
    if (input.expectedVersion != null && input.expectedVersion !== before.version) {
      throw new VersionConflict('Order', before.id)
    }
    const given = columnsOf(input, orderMembers)
    if (before.payment_processor !== 'external' && Object.keys(given).some(column => column !== 'notes')) {
      throw new NotExternal(['input', 'order'])
    }
    refuseIssues(subscriptionMemberIssues(input, before.order_type))
    const after = { ...before, ...given }
    const synced =
      before.payment_processor === 'external'
        ? syncedAddress(after, await defaultAddress(trx, workspaceId, before.contact_id))
        : {}
    const columns = { ...given, ...synced }
    if (!isChange(before, columns)) return before.id
    if (given.external_id != null && given.external_id !== before.external_id) {
      const holder = await holderOfExternalId(trx, workspaceId, given.external_id)
      if (holder !== undefined) throw new ExternalIdTaken('Order', holder)
    }
    const order = await writeOrder(trx, before, columns)
    changes.add('order.updated', await readOrderSnapshot(trx, actor, order, await contactOf(trx, order)))
    return order.id
  })
}
