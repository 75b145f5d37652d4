import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { notFound, refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { allowedServiceTransitions } from './order.ts'
import { InvalidTransition, NotExternal, VersionConflict } from './order-errors.ts'
import { cancellationMembers, type SetOrderServiceStatusInput, setOrderServiceStatusInput } from './order-input.ts'
import { contactOf, readOrderSnapshot } from './order-snapshot.ts'
import { lockOrder, writeOrder } from './order-store.ts'
import { addServiceStatusEvents, columnsOfServiceStatus } from './service-status.ts'
import { noteOrderStatusChange, wasActive } from './status-change-store.ts'
import { subscriptionMemberIssues } from './subscription-members.ts'

/**
 * Flips the service status of an external order by its machine (decisions 1) and returns its id.
 * Throws InvalidInput, InvalidTransition, VersionConflict and NotExternal.
 */
export function setOrderServiceStatus(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseWithoutNulls(setOrderServiceStatusInput, rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  return runCommand(context, 'setOrderServiceStatus', input, async (trx, changes) => {
    const before = await lockOrder(trx, workspaceId, input.order)
    if (before === undefined) throw notFound('order', ['input', 'order'])
    if (before.payment_processor !== 'external') throw new NotExternal(['input', 'order'])
    if (input.expectedVersion != null && input.expectedVersion !== before.version) {
      throw new VersionConflict('Order', before.id)
    }
    const allowed = allowedServiceTransitions(before)
    if (!allowed.includes(input.status)) throw new InvalidTransition(before.service_status, input.status, allowed)
    refuseIssues(subscriptionMemberIssues(input, before.order_type))
    checkCancellation(input)
    const wasActiveBefore = await wasActive(trx, workspaceId, before.id)
    const order = await writeOrder(trx, before, {
      ...columnsOfServiceStatus(input.status, before, new Date().toISOString()),
      ...columnsOf(input, cancellationMembers),
      service_status: input.status,
    })
    const snapshot = await readOrderSnapshot(trx, actor, order, await contactOf(trx, order))
    const updatedId = changes.add('order.updated', snapshot)
    const eventId = addServiceStatusEvents(changes, snapshot, order, wasActiveBefore) ?? updatedId
    const change = { from: before.service_status, to: input.status, eventId }
    changes.writeAlong(db => noteOrderStatusChange(db, actor, order.id, change))
    return order.id
  })
}

function checkCancellation(input: SetOrderServiceStatusInput): void {
  if (input.status === 'canceled' || input.status === 'churned') return
  const given = cancellationMembers.filter(member => input[member] != null)
  refuseIssues(
    given.map(member => ({
      code: 'NOT_APPLICABLE',
      message: 'Only a flip to canceled or churned takes it.',
      path: ['input', member],
    })),
  )
}
