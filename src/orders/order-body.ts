import type { HeldPrice } from '../catalog/hold-prices.ts'
import { priceMinimalBody } from '../catalog/price-body.ts'
import { variantMinimalBody } from '../catalog/variant-body.ts'
import { contactBody } from '../contacts/contact-body.ts'
import type { ContactRow } from '../contacts/contact-store.ts'
import type { Actor } from '../shared/actor.ts'
import type { LineItemRow } from './line-item-store.ts'
import { orderNumber } from './order.ts'
import type { OrderRow } from './order-store.ts'

/** A line item with what it sells, as the payloads show it. */
export interface SoldLine {
  line: LineItemRow
  price: HeldPrice['price']
  variant: HeldPrice['variant']
  product: HeldPrice['product']
}

/** An order as ClickFunnels' invoices nest it (domain 4.1, OrderBaseAttributes). */
export function orderBaseBody(order: OrderRow, contact: ContactRow) {
  return {
    id: Number(order.id),
    public_id: order.public_id,
    order_number: orderNumber(order.number),
    contact: contactBody(contact),
    live_mode: order.live_mode,
    order_type: order.order_type,
    service_status: order.service_status,
    billing_status: order.billing_status,
    total_amount: order.total_amount,
    origination_channel_id: Number(order.origination_channel_id),
    origination_channel_type: order.origination_channel_type,
    origination_channel_name: order.origination_channel_name,
    origination_channel_public_id: null,
    order_page: null,
    shipping_address_first_name: order.shipping_address_first_name,
    shipping_address_last_name: order.shipping_address_last_name,
    shipping_address_organization_name: order.shipping_address_organization_name,
    shipping_address_phone_number: order.shipping_address_phone_number,
    shipping_address_street_one: order.shipping_address_street_one,
    shipping_address_street_two: order.shipping_address_street_two,
    shipping_address_city: order.shipping_address_city,
    shipping_address_region: order.shipping_address_region,
    shipping_address_country: order.shipping_address_country,
    shipping_address_postal_code: order.shipping_address_postal_code,
    billing_address_street_one: order.billing_address_street_one,
    billing_address_street_two: order.billing_address_street_two,
    billing_address_city: order.billing_address_city,
    billing_address_region: order.billing_address_region,
    billing_address_country: order.billing_address_country,
    billing_address_postal_code: order.billing_address_postal_code,
    notes: order.notes,
    in_trial: order.in_trial,
    trial_end_at: order.trial_end_at,
    activated_at: order.activated_at,
    next_charge_at: order.next_charge_at,
    renewal_at: order.renewal_at,
    canceled_at: order.canceled_at,
    churned_at: order.churned_at,
    canceled_by: order.canceled_by,
    cancel_reason: order.cancel_reason,
    cancel_description: order.cancel_description,
    recurring_invoices_paid_count: order.recurring_invoices_paid_count,
    tag_ids: [],
    affiliate: null,
    referral_code: null,
  }
}

/** An order as ClickFunnels' API writes it (domain 4.1, OrderAttributes; every key is always present). */
export function orderBody(
  order: OrderRow,
  contact: ContactRow,
  lines: readonly SoldLine[],
  workspace: Actor['workspace'],
) {
  return {
    ...orderBaseBody(order, contact),
    workspace_id: Number(order.workspace_id),
    workspace: {
      id: Number(workspace.id),
      public_id: workspace.publicId,
      name: workspace.name,
      subdomain: workspace.subdomain,
    },
    contact_id: Number(order.contact_id),
    contact_groups: [],
    segments: [],
    payment_processor: order.payment_processor,
    tax_amount: null,
    currency: order.currency,
    line_items: lines.map(lineItemBody),
    previous_line_item: null,
    page_id: null,
    page_name: null,
    funnel_name: null,
    phone_number: order.phone_number,
    paid_until: order.paid_until,
    billing_payment_method_id: null,
    discount_ids: [],
    visits: { last_visit: null, last_visit_with_utm: null },
    external_id: order.external_id,
    workspace_sharing_id: null,
    resource_install_intent: null,
    created_at: order.created_at,
    updated_at: order.updated_at,
  }
}

function lineItemBody({ line, price, variant, product }: SoldLine) {
  return {
    id: Number(line.id),
    public_id: line.public_id,
    order_id: Number(line.order_id),
    quantity: line.quantity,
    prorated: null,
    original_product: { id: Number(product.id), public_id: product.public_id, name: product.name },
    products_price: priceMinimalBody(price),
    products_variant: variantMinimalBody(variant),
    created_at: line.created_at,
    updated_at: line.updated_at,
  }
}
