import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { InvalidTransition } from '../orders/order-errors.ts'
import { type InputIssue, refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { dueDateIssues } from './due-date-issues.ts'
import { allowedInvoiceTransitions } from './invoice.ts'
import { type SetInvoiceStatusInput, setInvoiceStatusInput } from './invoice-input.ts'
import { invoiceLinesOf } from './invoice-line-store.ts'
import { wasPaid } from './invoice-status-change-store.ts'
import { type InvoiceRow, writeInvoice } from './invoice-store.ts'
import { lockOrderAndInvoice } from './lock-order-and-invoice.ts'
import { recordInvoice } from './record-invoice.ts'
import { dueAmount } from './totals.ts'

/**
 * Flips the status of an external invoice by the guard table (domain 11.3) and returns its id; what follows for its
 * order commits with it. Throws InvalidInput, InvalidTransition, VersionConflict and NotExternal.
 */
export function setInvoiceStatus(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseWithoutNulls(setInvoiceStatusInput, rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  return runCommand(context, 'setInvoiceStatus', input, async (trx, changes) => {
    const { order, invoice: before } = await lockOrderAndInvoice(trx, workspaceId, input.invoice, input.expectedVersion)
    const allowed = allowedInvoiceTransitions(before)
    if (!allowed.includes(input.status)) throw new InvalidTransition(before.status, input.status, allowed)
    checkDates(input, before)
    const isPaid = input.status === 'paid'
    const invoice = await writeInvoice(trx, before, {
      status: input.status,
      due_amount: dueAmount(before.total_amount, input.status, before.currency),
      ...(isPaid && { paid_at: input.paidAt ?? before.paid_at ?? new Date().toISOString() }),
      ...(input.dueAt != null && { due_at: input.dueAt }),
    })
    const lines = await invoiceLinesOf(trx, workspaceId, invoice.id)
    const flip = {
      from: before.status,
      to: invoice.status,
      isPayment: isPaid && (before.paid_at === null || !(await wasPaid(trx, workspaceId, before.id))),
    }
    await recordInvoice(trx, actor, changes, { invoice, lines, order, flip })
    return invoice.id
  })
}

function checkDates(input: SetInvoiceStatusInput, before: InvoiceRow): void {
  const issues: InputIssue[] = []
  const isReissue = before.status === 'past-due' && input.status === 'unpaid'
  if (isReissue && input.dueAt == null) {
    issues.push({
      code: 'REQUIRED',
      message: 'A past-due invoice becomes unpaid with a new due date.',
      path: ['input', 'dueAt'],
    })
  }
  if (isReissue && input.dueAt != null && input.dueAt === before.due_at) {
    issues.push({ code: 'NOT_A_NEW_DATE', message: 'A reissue takes a new due date.', path: ['input', 'dueAt'] })
  }
  if (isReissue) issues.push(...dueDateIssues({ issued_at: before.issued_at, due_at: input.dueAt ?? null }, 'dueAt'))
  if (!isReissue && input.dueAt != null) {
    issues.push({ code: 'NOT_APPLICABLE', message: 'Only a reissue takes a due date.', path: ['input', 'dueAt'] })
  }
  if (input.status !== 'paid' && input.paidAt != null) {
    issues.push({ code: 'NOT_APPLICABLE', message: 'Only a flip to paid takes it.', path: ['input', 'paidAt'] })
  }
  refuseIssues(issues)
}
