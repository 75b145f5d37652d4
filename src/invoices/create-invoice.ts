import type { Transaction } from 'kysely'
import type { HeldPrice } from '../catalog/hold-prices.ts'
import type { DB } from '../database/tables.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { lineItemsOf } from '../orders/line-item-store.ts'
import type { OrderType } from '../orders/order.ts'
import { ExternalIdTaken, NotExternal } from '../orders/order-errors.ts'
import { lockOrder, type OrderRow } from '../orders/order-store.ts'
import { resolveLines, soldBy } from '../orders/sold-lines.ts'
import { type InputIssue, InvalidInput, notFoundIssue, refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { claimNumber } from './claim-number.ts'
import { dueDateIssues } from './due-date-issues.ts'
import { defaultInvoiceType, type InvoiceStatus, initialInvoiceStatuses, invoiceTypeFits } from './invoice.ts'
import { type CreateInvoiceInput, createInvoiceInput } from './invoice-input.ts'
import { insertInvoiceLines } from './invoice-line-store.ts'
import { findInvoice, insertInvoice } from './invoice-store.ts'
import { recordInvoice } from './record-invoice.ts'
import { totalsOf } from './totals.ts'

/**
 * Issues an invoice against an external order (domain 5.3) and returns its id: a snapshot of the given lines or, without
 * any, of the order's. Throws InvalidInput, NotExternal, ExternalIdTaken and InvoiceNumberTaken.
 */
export function createInvoice(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { actor } = context
  const { id: workspaceId, currency } = actor.workspace
  const input = parseWithoutNulls(createInvoiceInput(currency), rawInput)
  return runCommand(context, 'createInvoice', input, async (trx, changes) => {
    const order = await lockOrder(trx, workspaceId, input.order)
    if (order !== undefined && order.payment_processor !== 'external') throw new NotExternal(['input', 'order'])
    const status = input.status ?? 'unpaid'
    const given = input.lineItems == null ? undefined : await resolveLines(trx, workspaceId, input.lineItems, 'taken')
    const issues = [...inputIssues(input, order?.order_type, status), ...(given?.issues ?? [])]
    if (order === undefined) throw new InvalidInput([notFoundIssue('order', ['input', 'order']), ...issues])
    refuseIssues(issues)
    if (input.externalId != null) {
      const holder = await findInvoice(trx, workspaceId, { externalId: input.externalId })
      if (holder !== undefined) throw new ExternalIdTaken('Invoice', holder.id)
    }
    const drafts = (given?.sold ?? (await linesOfOrder(trx, order))).map(draftLine)
    const now = new Date().toISOString()
    const invoice = await insertInvoice(trx, {
      workspace_id: workspaceId,
      order_id: order.id,
      status,
      invoice_type: input.invoiceType ?? defaultInvoiceType(order.order_type),
      payment_processor: order.payment_processor,
      external_id: input.externalId ?? null,
      currency: order.currency,
      ...totalsOf(drafts, input.shippingAmount ?? '0', status, order.currency),
      issued_at: input.issuedAt ?? now,
      due_at: input.dueAt ?? null,
      paid_at: input.paidAt ?? (status === 'paid' ? now : null),
    })
    const lines = await insertInvoiceLines(
      trx,
      drafts.map(draft => ({ ...draft, workspace_id: workspaceId, invoice_id: invoice.id })),
    )
    const flip = { from: null, to: status, isPayment: status === 'paid' }
    const snapshot = await recordInvoice(trx, actor, changes, { invoice, lines, order, flip })
    claimNumber(changes, invoice, input.number, number => {
      snapshot.data.invoice_number = number
    })
    return invoice.id
  })
}

function inputIssues(input: CreateInvoiceInput, orderType: OrderType | undefined, status: InvoiceStatus): InputIssue[] {
  const issues: InputIssue[] = []
  const refuse = (code: string, message: string, member: string) => {
    issues.push({ code, message, path: ['input', member] })
  }
  if (!initialInvoiceStatuses.includes(status)) {
    refuse('INVALID_STATUS', `An external invoice cannot be ${status}.`, 'status')
  }
  if (input.invoiceType != null && orderType !== undefined && !invoiceTypeFits(input.invoiceType, orderType)) {
    refuse('INVALID_INVOICE_TYPE', `An invoice of a ${orderType} cannot be ${input.invoiceType}.`, 'invoiceType')
  }
  // Imports may bring the payment of an invoice that was disputed or refunded since.
  if (input.paidAt != null && !['paid', 'disputed', 'refunded'].includes(status)) {
    refuse('NOT_APPLICABLE', `An invoice that is ${status} was not paid.`, 'paidAt')
  }
  const dates = { issued_at: input.issuedAt ?? new Date().toISOString(), due_at: input.dueAt ?? null }
  return [...issues, ...dueDateIssues(dates, 'dueAt')]
}

type BilledLine = HeldPrice & {
  requested: { quantity: number; amount?: string | null | undefined; description?: string | null | undefined }
}

async function linesOfOrder(trx: Transaction<DB>, order: OrderRow): Promise<BilledLine[]> {
  const sold = await soldBy(trx, order.workspace_id, await lineItemsOf(trx, order.workspace_id, order.id))
  return sold.map(({ line, ...parts }) => ({ ...parts, requested: { quantity: line.quantity, amount: line.amount } }))
}

// Copies names and amounts: what becomes of the order or the catalog later leaves the invoice alone.
function draftLine({ price, variant, product, requested }: BilledLine, position: number) {
  return {
    position,
    description: requested.description ?? null,
    quantity: requested.quantity,
    amount: requested.amount ?? price.amount,
    product_id: product.id,
    variant_id: variant.id,
    variant_name: variant.name,
    variant_description: variant.description,
    variant_sku: variant.sku,
    variant_fulfillment_required: variant.fulfillment_required,
    price_id: price.id,
    price_amount: price.amount,
    price_currency: price.currency,
    price_payment_type: price.payment_type,
    price_interval: price.interval,
    price_interval_count: price.interval_count,
    price_duration: price.duration,
  }
}
