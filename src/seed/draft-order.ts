import { type InvoiceStatus, type InvoiceType, isEditable } from '../invoices/invoice.ts'
import type { InvoiceLineRow } from '../invoices/invoice-line-store.ts'
import type { InvoiceRow } from '../invoices/invoice-store.ts'
import type { LineItemRow } from '../orders/line-item-store.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { amountOf, minorUnits } from './amounts.ts'
import type { OrderPlan } from './plan-order.ts'
import { maxLines, type SeedWorkspace } from './seed-workspace.ts'

/** An invoice with its lines. */
export interface NewInvoice {
  row: InvoiceRow
  lines: InvoiceLineRow[]
}

/** The row of a planned order before its first write. */
export function newOrder(plan: OrderPlan, { actor, firstIds }: SeedWorkspace, given: Partial<OrderRow>): OrderRow {
  const { currency } = actor.workspace
  const isExternal = plan.processor === 'external'
  const funnel = 1 + (plan.index % 3)
  const total = plan.lines.reduce((sum, { offer, quantity }) => sum + offer.minor * quantity, 0)
  const row: OrderRow = {
    workspace_id: actor.workspace.id,
    id: String(firstIds.orders + plan.index),
    public_id: '',
    number: String(1001 + plan.index),
    version: 1,
    contact_id: String(firstIds.contacts + plan.contact),
    live_mode: plan.liveMode,
    order_type: plan.orderType,
    payment_processor: plan.processor,
    service_status: 'pending',
    billing_status: 'pending',
    total_amount: amountOf(total, currency),
    currency,
    origination_channel_type: isExternal ? actor.type : 'Funnel',
    origination_channel_id: isExternal ? actor.id : String(funnel),
    origination_channel_name: isExternal ? actor.name : `Funnel ${funnel}`,
    shipping_address_first_name: null,
    shipping_address_last_name: null,
    shipping_address_organization_name: null,
    shipping_address_phone_number: null,
    shipping_address_street_one: null,
    shipping_address_street_two: null,
    shipping_address_city: null,
    shipping_address_region: null,
    shipping_address_country: null,
    shipping_address_postal_code: null,
    billing_address_street_one: null,
    billing_address_street_two: null,
    billing_address_city: null,
    billing_address_region: null,
    billing_address_country: null,
    billing_address_postal_code: null,
    phone_number: null,
    notes: plan.notes,
    in_trial: false,
    trial_end_at: null,
    activated_at: null,
    next_charge_at: null,
    renewal_at: null,
    paid_until: null,
    canceled_at: null,
    canceled_by: null,
    cancel_reason: null,
    cancel_description: null,
    churned_at: null,
    recurring_invoices_paid_count: 0,
    external_id: plan.externalId,
    created_at: '',
    updated_at: '',
  }
  return Object.assign(row, given)
}

/** The lines of a planned order. */
export function newLines(plan: OrderPlan, { firstIds }: SeedWorkspace, order: OrderRow): LineItemRow[] {
  return plan.lines.map(({ offer, quantity }, position) => ({
    workspace_id: order.workspace_id,
    id: String(firstIds.lines + plan.index * maxLines + position),
    public_id: '',
    order_id: order.id,
    position,
    quantity,
    amount: offer.price.amount,
    product_id: offer.product.id,
    variant_id: offer.variant.id,
    price_id: offer.price.id,
    created_at: '',
    updated_at: '',
  }))
}

/** An invoice over all lines of an order, without its number and ids: the first one bills the shipping. */
export function newInvoice(
  plan: OrderPlan,
  { actor }: SeedWorkspace,
  order: OrderRow,
  draft: {
    place: number
    now: string
    status: InvoiceStatus
    type: InvoiceType
    dueAt: string | null
    paidAt: string | null
    /** Percent off the first line. */
    discount: number
  },
): NewInvoice {
  const { now, status } = draft
  const { currency } = actor.workspace
  const shipping = plan.isShipped && draft.place === 0 ? minorUnits(5, currency) : 0
  let subtotal = 0
  const lines = plan.lines.map(({ offer, quantity }, position): InvoiceLineRow => {
    const { price, variant, product } = offer
    const isReduced = draft.discount > 0 && position === 0
    const minor = isReduced ? Math.floor((offer.minor * (100 - draft.discount)) / 100) : offer.minor
    subtotal += minor * quantity
    return {
      workspace_id: order.workspace_id,
      id: '',
      public_id: '',
      invoice_id: '',
      position,
      description: isReduced ? `${draft.discount} % off` : null,
      quantity,
      amount: isReduced ? amountOf(minor, currency) : price.amount,
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
      created_at: now,
      updated_at: now,
    }
  })
  const isUnnamed = plan.processor === 'external' && plan.externalId === null
  const total = amountOf(subtotal + shipping, currency)
  const row: InvoiceRow = {
    workspace_id: order.workspace_id,
    id: '',
    public_id: '',
    number: '',
    version: 1,
    order_id: order.id,
    status,
    invoice_type: draft.type,
    payment_processor: plan.processor,
    external_id: isUnnamed ? null : `${plan.externalId}-${draft.place + 1}`,
    currency,
    subtotal_amount: amountOf(subtotal, currency),
    shipping_amount: amountOf(shipping, currency),
    total_amount: total,
    due_amount: isEditable(status) ? total : amountOf(0, currency),
    issued_at: now,
    due_at: draft.dueAt,
    paid_at: draft.paidAt,
    created_at: now,
    updated_at: now,
  }
  return { row, lines }
}

/** Gives an invoice its number, and the ids that follow from it. */
export function numberInvoice({ row, lines }: NewInvoice, number: number, { firstIds }: SeedWorkspace): void {
  row.number = String(number)
  row.id = String(firstIds.invoices + number - 1)
  for (const line of lines) {
    line.id = String(firstIds.invoiceLines + (number - 1) * maxLines + line.position)
    line.invoice_id = row.id
  }
}
