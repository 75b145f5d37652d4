import type { ContactRow } from '../contacts/contact-store.ts'
import type { Snapshot } from '../events/changes.ts'
import { orderBaseBody } from '../orders/order-body.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { publicId } from '../shared/public-id.ts'
import { invoiceFulfillmentStatus, lineFulfillmentStatus } from './invoice.ts'
import type { InvoiceLineRow } from './invoice-line-store.ts'
import type { InvoiceRow } from './invoice-store.ts'

/** An invoice as ClickFunnels' API writes it (domain 5.1; every key is always present). */
function invoiceBody(invoice: InvoiceRow, lines: readonly InvoiceLineRow[], order: OrderRow, contact: ContactRow) {
  return {
    id: Number(invoice.id),
    public_id: invoice.public_id,
    order_id: Number(invoice.order_id),
    status: invoice.status,
    invoice_type: invoice.invoice_type,
    invoice_number: invoice.number,
    external_id: invoice.external_id,
    payment_processor: invoice.payment_processor,
    total_amount: invoice.total_amount,
    subtotal_amount: invoice.subtotal_amount,
    tax_amount: null,
    shipping_amount: invoice.shipping_amount,
    discount_amount: null,
    due_amount: invoice.due_amount,
    currency: invoice.currency,
    issued_at: invoice.issued_at,
    due_at: invoice.due_at,
    paid_at: invoice.paid_at,
    fulfillment_status: invoiceFulfillmentStatus(invoice, lines),
    eligible_for_fulfillment: invoice.status === 'paid',
    line_items: lines.map(invoiceLineBody),
    order: orderBaseBody(order, contact),
    visits: { last_visit: null, last_visit_with_utm: null },
    created_at: invoice.created_at,
    updated_at: invoice.updated_at,
  }
}

function invoiceLineBody(line: InvoiceLineRow) {
  return {
    id: Number(line.id),
    public_id: line.public_id,
    invoice_id: Number(line.invoice_id),
    external_id: null,
    external_product_id: null,
    payment_type: null,
    description: line.description,
    quantity: line.quantity,
    amount: line.amount,
    discount_amount: null,
    state_tax_amount: null,
    county_tax_amount: null,
    city_tax_amount: null,
    district_tax_amount: null,
    state_tax_rate: null,
    county_tax_rate: null,
    city_tax_rate: null,
    district_tax_rate: null,
    country_tax_jurisdiction: null,
    state_tax_jurisdiction: null,
    county_tax_jurisdiction: null,
    city_tax_jurisdiction: null,
    period_start_at: null,
    period_end_at: null,
    period_number: null,
    fulfillment_status: lineFulfillmentStatus(line),
    products_price: {
      id: Number(line.price_id),
      public_id: publicId(line.price_id),
      amount: line.price_amount,
      currency: line.price_currency,
      duration: line.price_duration,
      interval: line.price_interval,
      interval_count: line.price_interval_count,
    },
    products_variant: {
      id: Number(line.variant_id),
      public_id: publicId(line.variant_id),
      product_id: Number(line.product_id),
      name: line.variant_name,
      description: line.variant_description,
      sku: line.variant_sku,
      fulfillment_required: line.variant_fulfillment_required,
    },
    created_at: line.created_at,
    updated_at: line.updated_at,
  }
}

/** What the log keeps of an invoice. */
export function invoiceSnapshot(
  invoice: InvoiceRow,
  lines: readonly InvoiceLineRow[],
  order: OrderRow,
  contact: ContactRow,
): Snapshot & { data: ReturnType<typeof invoiceBody> } {
  return {
    subjectType: 'Orders::Invoice',
    subjectId: invoice.id,
    liveMode: order.live_mode,
    data: invoiceBody(invoice, lines, order, contact),
  }
}
