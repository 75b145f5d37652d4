import type { Snapshot } from '../events/changes.ts'
import { propertiesValuesOf } from './variant.ts'
import type { VariantRow } from './variant-store.ts'

/**
 * A variant as ClickFunnels' API writes it (domain 3.2, ProductsVariantAttributes; every key is always present).
 * `taxable` and `out_of_stock_sales` are texts there.
 */
function variantBody(variant: VariantRow, priceIds: readonly string[]) {
  return {
    id: Number(variant.id),
    public_id: variant.public_id,
    product_id: Number(variant.product_id),
    name: variant.name,
    description: variant.description,
    sku: variant.sku,
    product_type: variant.product_type,
    properties_value_ids: [],
    out_of_stock_sales: String(variant.out_of_stock_sales),
    weight: variant.weight,
    weight_unit: variant.weight_unit,
    height: variant.height,
    width: variant.width,
    length: variant.length,
    dimensions_unit: variant.dimensions_unit,
    quantity: variant.quantity,
    tag_ids: [],
    tax_category_id: null,
    asset_ids: [],
    taxable: String(variant.taxable),
    track_quantity: variant.track_quantity,
    archived: variant.archived,
    visible: variant.visible,
    price_ids: priceIds.map(Number),
    fulfillment_required: variant.fulfillment_required,
    country_of_manufacture_id: null,
    image_ids: [],
    fulfillments_location_ids: [],
    created_at: variant.created_at,
    updated_at: variant.updated_at,
    default: variant.is_default,
    properties_values: propertiesValuesOf(variant),
    created_by_platform_application: null,
  }
}

/** A variant as the lines of orders nest it (domain 4.4). */
export function variantMinimalBody(variant: Pick<VariantRow, 'id' | 'public_id' | 'name' | 'description' | 'sku'>) {
  return {
    id: Number(variant.id),
    public_id: variant.public_id,
    name: variant.name,
    description: variant.description,
    sku: variant.sku,
  }
}

/** What the log keeps of a variant. */
export function variantSnapshot(variant: VariantRow, priceIds: readonly string[]): Snapshot {
  return {
    subjectType: 'Products::Variant',
    subjectId: variant.id,
    liveMode: null,
    data: variantBody(variant, priceIds),
  }
}
