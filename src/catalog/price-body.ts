import { writeAmount } from '../shared/money.ts'
import { withWrittenAmounts } from './price.ts'
import type { PriceRow } from './price-store.ts'

/**
 * A price as ClickFunnels' API writes it (domain 3.3, ProductsPriceAttributes; every key is always present).
 * Unknown cost and trial amount show as zero there.
 */
export function priceBody(row: PriceRow) {
  const price = withWrittenAmounts(row)
  const nothing = writeAmount('0', price.currency)
  return {
    id: Number(price.id),
    public_id: price.public_id,
    variant_id: Number(price.variant_id),
    name: price.name,
    amount: price.amount,
    cost: price.cost ?? nothing,
    currency: price.currency,
    duration: price.duration,
    interval: price.interval,
    trial_interval: price.trial_interval,
    trial_duration: price.trial_duration,
    trial_amount: price.trial_amount ?? nothing,
    setup_amount: price.setup_amount,
    self_cancel: price.self_cancel,
    self_upgrade: price.self_upgrade,
    self_downgrade: price.self_downgrade,
    self_reactivate: price.self_reactivate,
    interval_count: price.interval_count,
    payment_type: price.payment_type,
    visible: price.visible,
    compare_at_amount: price.compare_at_amount,
    key: price.key,
    archived: price.archived,
    created_at: price.created_at,
    updated_at: price.updated_at,
  }
}

/** A price as the lines of orders and invoices nest it (domain 3.3, ProductsPriceMinimal). */
export function priceMinimalBody(
  price: Pick<
    PriceRow,
    'id' | 'public_id' | 'name' | 'key' | 'amount' | 'currency' | 'duration' | 'interval' | 'interval_count'
  >,
) {
  return {
    id: Number(price.id),
    public_id: price.public_id,
    name: price.name,
    key: price.key,
    amount: writeAmount(price.amount, price.currency),
    currency: price.currency,
    duration: price.duration,
    interval: price.interval,
    interval_count: price.interval_count,
  }
}
