import type { Interval, PaymentType } from '../catalog/price.ts'
import type { PriceRow } from '../catalog/price-store.ts'
import type { ProductRow } from '../catalog/product-store.ts'
import type { VariantRow } from '../catalog/variant-store.ts'
import { amountOf, minorUnits } from './amounts.ts'
import type { Random } from './random.ts'
import { productAdjectives, productLines } from './seed-words.ts'

type Dated = 'workspace_id' | 'id' | 'public_id' | 'created_at' | 'updated_at'
type ProductDraft = Omit<ProductRow, Dated | 'default_variant_id'>
type VariantDraft = Omit<VariantRow, Dated | 'product_id'>
export type PriceDraft = Omit<PriceRow, Dated | 'product_id' | 'variant_id'> & { minor: number }

/** How the prices of a product are paid, the first one first. */
type Terms = { type: PaymentType; interval: Interval | null; duration: number | null; share: number; name: string }

const once: Terms = { type: 'one_time', interval: null, duration: null, share: 1, name: 'One payment' }
const monthly: Terms = { type: 'subscription', interval: 'months', duration: null, share: 0.3, name: 'Monthly' }
const yearly: Terms = { type: 'subscription', interval: 'years', duration: null, share: 3, name: 'Yearly' }
const weekly: Terms = { type: 'subscription', interval: 'weeks', duration: null, share: 0.8, name: 'Every week' }
const rates: Terms = { type: 'payment_plan', interval: 'months', duration: 3, share: 0.35, name: '3 payments' }

const termsOf: Record<(typeof productLines)[number]['noun'], readonly [Terms, ...Terms[]]> = {
  Masterclass: [once, rates],
  Workbook: [once],
  Membership: [monthly, yearly, rates],
  'T-Shirt': [once],
  Toolkit: [once],
  Coffee: [once, weekly, monthly],
  Coaching: [once, rates, monthly],
  'Desk Lamp': [once],
}

/** What product `index` of a workspace is, without ids and times. */
export function draftProduct(index: number, currency: string, random: Random) {
  const line = productLines[index % productLines.length] ?? productLines[0]
  const adjective = productAdjectives[Math.floor(index / productLines.length) % productAdjectives.length]
  const name = `${adjective} ${line.noun}`
  const sku = `${name.replace(/[^A-Z]/g, '')}-${100 + index}`
  const isSized = line.isPhysical && random.chance(0.8)
  const values = isSized ? line.values.slice(0, random.integer(1, 2)) : []
  const product: ProductDraft = {
    name,
    visible_in_store: random.chance(0.9),
    visible_in_customer_center: random.chance(0.4),
    commissionable: random.chance(0.3),
    seo_title: random.chance(0.5) ? `${name} | official store` : null,
    seo_description: null,
    variant_properties: JSON.stringify(isSized ? [{ id: 1, name: line.property }] : []),
    archived: false,
  }
  const standard: VariantDraft = {
    is_default: true,
    name,
    description: random.chance(0.6) ? `The ${name.toLowerCase()} that customers come back for.` : null,
    sku,
    product_type: line.isPhysical ? 'physical' : 'digital',
    properties_values: '[]',
    quantity: null,
    track_quantity: false,
    out_of_stock_sales: false,
    fulfillment_required: line.isPhysical,
    weight: line.isPhysical ? String(random.integer(2, 40) / 10) : null,
    weight_unit: 'lb',
    height: null,
    width: null,
    length: null,
    dimensions_unit: null,
    taxable: true,
    visible: true,
    archived: false,
  }
  const others = values.map(value => ({
    ...standard,
    is_default: false,
    name: `${name} ${value}`,
    sku: `${sku}-${value.charAt(0)}`,
    properties_values: JSON.stringify([{ property_id: 1, value }]),
  }))
  const dollars = random.integer(3, 60) * 5 - 1
  const variants = [standard, ...others].map(variant => ({
    variant,
    prices: termsOf[line.noun].map(terms => draftPrice(terms, dollars, sku, currency, random)),
  }))
  return { product, variants }
}

function draftPrice(terms: Terms, dollars: number, sku: string, currency: string, random: Random): PriceDraft {
  const minor = minorUnits(Math.max(1, Math.round(dollars * terms.share)), currency)
  const isRecurring = terms.type !== 'one_time'
  const hasTrial = terms.type === 'subscription' && random.chance(0.3)
  return {
    minor,
    name: terms.name,
    key: `${sku}-${terms.name}`.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
    amount: amountOf(minor, currency),
    currency,
    payment_type: terms.type,
    interval: terms.interval,
    interval_count: isRecurring ? 1 : null,
    duration: terms.duration,
    trial_interval: hasTrial ? 'days' : null,
    trial_duration: hasTrial ? 14 : null,
    trial_amount: null,
    setup_amount: isRecurring && random.chance(0.2) ? amountOf(minorUnits(5, currency), currency) : null,
    compare_at_amount: random.chance(0.3) ? amountOf(Math.round(minor * 1.25), currency) : null,
    cost: random.chance(0.4) ? amountOf(Math.round(minor * 0.4), currency) : null,
    self_cancel: isRecurring,
    self_upgrade: false,
    self_downgrade: false,
    self_reactivate: isRecurring && random.chance(0.5),
    visible: true,
    archived: false,
  }
}
