import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { ExternalIdTaken } from '../orders/order-errors.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { type InputIssue, refuseIssues } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { claimNumber } from './claim-number.ts'
import { dueDateIssues } from './due-date-issues.ts'
import { isEditable } from './invoice.ts'
import { InvoiceNotEditable } from './invoice-errors.ts'
import { type UpdateInvoiceInput, updateInvoiceInput } from './invoice-input.ts'
import { type InvoiceLineRow, invoiceLinesOf, writeInvoiceLine } from './invoice-line-store.ts'
import { findInvoice, type InvoiceRow, writeInvoice } from './invoice-store.ts'
import { lockOrderAndInvoice } from './lock-order-and-invoice.ts'
import { recordInvoice } from './record-invoice.ts'
import { totalsOf } from './totals.ts'

const datesAndAmounts = ['shippingAmount', 'issuedAt', 'dueAt', 'lineItems'] as const

/**
 * Changes an external invoice (domain 5.4) and returns its id: absent leaves, null clears. Throws InvalidInput,
 * InvoiceNotEditable, VersionConflict, ExternalIdTaken, InvoiceNumberTaken and NotExternal.
 */
export function updateInvoice(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { actor } = context
  const { id: workspaceId, currency } = actor.workspace
  const input = parseInput(updateInvoiceInput(currency), rawInput)
  return runCommand(context, 'updateInvoice', input, async (trx, changes) => {
    const { order, invoice: before } = await lockOrderAndInvoice(trx, workspaceId, input.invoice, input.expectedVersion)
    const fixed = datesAndAmounts.find(member => input[member] !== undefined)
    if (fixed !== undefined && !isEditable(before.status)) throw new InvoiceNotEditable(before.status, ['input', fixed])
    const linesBefore = await invoiceLinesOf(trx, workspaceId, before.id)
    const dates = {
      issued_at: input.issuedAt ?? before.issued_at,
      due_at: input.dueAt === undefined ? before.due_at : input.dueAt,
    }
    refuseIssues([
      ...lineIssues(linesBefore, input),
      ...(isChange(before, dates) ? dueDateIssues(dates, input.dueAt === undefined ? 'issuedAt' : 'dueAt') : []),
    ])
    const lines = mergeLines(linesBefore, input)
    const shippingAmount = input.shippingAmount === undefined ? before.shipping_amount : (input.shippingAmount ?? '0')
    const columns = {
      ...columnsOf(input, ['externalId', 'dueAt', 'issuedAt']),
      ...totalsOf(lines, shippingAmount, before.status, before.currency),
      // Voiding and paying leave the amounts; only an editable invoice is added up anew.
      ...(isEditable(before.status) ? {} : { due_amount: before.due_amount }),
    }
    const isRenumbered = input.number !== undefined && input.number !== before.number
    const changedLines = lines.filter((line, index) => line !== linesBefore[index])
    if (!isChange(before, columns) && changedLines.length === 0 && !isRenumbered) return before.id
    await checkExternalId(trx, before, input)
    for (const { amount, quantity, description, ...line } of changedLines) {
      await writeInvoiceLine(trx, line, { amount, quantity, description })
    }
    const invoice = await writeInvoice(trx, before, columns)
    const snapshot = await recordInvoice(trx, actor, changes, {
      invoice,
      lines: changedLines.length === 0 ? lines : await invoiceLinesOf(trx, workspaceId, before.id),
      order,
      flip: undefined,
    })
    if (isRenumbered) {
      claimNumber(changes, invoice, input.number, number => {
        snapshot.data.invoice_number = number
      })
    }
    return invoice.id
  })
}

// A line that stays as it is keeps its identity, so that only changed ones are written.
function mergeLines(lines: readonly InvoiceLineRow[], input: UpdateInvoiceInput): InvoiceLineRow[] {
  const wanted = new Map(input.lineItems?.map(item => [item.id, item]))
  return lines.map(line => {
    const item = wanted.get(line.id)
    if (item === undefined) return line
    const columns = columnsOf(item, ['amount', 'quantity', 'description'])
    return isChange(line, columns) ? ({ ...line, ...columns } as InvoiceLineRow) : line
  })
}

function lineIssues(lines: readonly InvoiceLineRow[], input: UpdateInvoiceInput): InputIssue[] {
  const held = new Set(lines.map(line => line.id))
  const named = new Set<string>()
  return (input.lineItems ?? []).flatMap(({ id }, index) => {
    const path = ['input', 'lineItems', String(index), 'id']
    if (!held.has(id)) return [{ code: 'NOT_FOUND', message: 'The invoice has no such line.', path }]
    if (named.has(id)) return [{ code: 'DUPLICATE', message: 'The line is named twice.', path }]
    named.add(id)
    return []
  })
}

async function checkExternalId(trx: Transaction<DB>, before: InvoiceRow, input: UpdateInvoiceInput): Promise<void> {
  if (input.externalId == null || input.externalId === before.external_id) return
  const holder = await findInvoice(trx, before.workspace_id, { externalId: input.externalId })
  if (holder !== undefined) throw new ExternalIdTaken('Invoice', holder.id)
}
