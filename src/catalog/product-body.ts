import type { Snapshot } from '../events/changes.ts'
import { variantPropertiesOf } from './product.ts'
import type { ProductRow } from './product-store.ts'

/** A product as ClickFunnels' API writes it (domain 3.1, ProductAttributes; every key is always present). */
function productBody(product: ProductRow, variantIds: readonly string[], priceIds: readonly string[]) {
  return {
    id: Number(product.id),
    public_id: product.public_id,
    workspace_id: Number(product.workspace_id),
    name: product.name,
    current_path: null,
    archived: product.archived,
    visible_in_store: product.visible_in_store,
    visible_in_customer_center: product.visible_in_customer_center,
    image_id: null,
    seo_title: product.seo_title,
    seo_description: product.seo_description,
    seo_image_id: null,
    commissionable: product.commissionable,
    image_ids: [],
    default_variant_id: Number(product.default_variant_id),
    variant_ids: variantIds.map(Number),
    price_ids: priceIds.map(Number),
    tag_ids: [],
    redirect_funnel_id: null,
    cancellation_funnel_url: null,
    created_at: product.created_at,
    updated_at: product.updated_at,
    variant_properties: variantPropertiesOf(product),
  }
}

/** What the log keeps of a product. */
export function productSnapshot(
  product: ProductRow,
  variantIds: readonly string[],
  priceIds: readonly string[],
): Snapshot {
  return {
    subjectType: 'Product',
    subjectId: product.id,
    liveMode: null,
    data: productBody(product, variantIds, priceIds),
  }
}
