import { sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type PriceRow, priceColumns } from './price-store.ts'
import type { ProductRow } from './product-store.ts'
import type { VariantRow } from './variant-store.ts'

/** A price with what an order line, its payload and an invoice's snapshot need of its variant and product. */
export interface HeldPrice {
  price: PriceRow
  variant: Pick<
    VariantRow,
    'id' | 'public_id' | 'product_id' | 'name' | 'description' | 'sku' | 'fulfillment_required' | 'archived'
  >
  product: Pick<ProductRow, 'id' | 'public_id' | 'name' | 'archived'>
}

/**
 * The prices with these ids that the workspace has, by id. Prices and variants are held against deletion to the end
 * of the transaction, locked in the order of the prices' ids; archived ones are among them.
 */
export async function holdPrices(
  trx: Transaction<DB>,
  workspaceId: string,
  priceIds: readonly string[],
): Promise<Map<string, HeldPrice>> {
  const rows = await trx
    .selectFrom('prices')
    .innerJoin('variants', join =>
      join
        .onRef('variants.workspace_id', '=', 'prices.workspace_id')
        .onRef('variants.product_id', '=', 'prices.product_id')
        .onRef('variants.id', '=', 'prices.variant_id'),
    )
    .innerJoin('products', join =>
      join.onRef('products.workspace_id', '=', 'prices.workspace_id').onRef('products.id', '=', 'prices.product_id'),
    )
    .select(priceColumns.map(column => `prices.${column}` as const))
    .select([
      'variants.public_id as variant_public_id',
      'variants.name as variant_name',
      'variants.description as variant_description',
      'variants.sku as variant_sku',
      'variants.fulfillment_required as variant_fulfillment_required',
      'variants.archived as variant_archived',
      'products.public_id as product_public_id',
      'products.name as product_name',
      'products.archived as product_archived',
    ])
    .where('prices.workspace_id', '=', workspaceId)
    .where('prices.id', '=', sql<string>`any(${priceIds})`)
    .orderBy('prices.id')
    .forKeyShare(['prices', 'variants'])
    .execute()
  return new Map(rows.map(row => [row.id, heldPrice(row)]))
}

type Aliased<Prefix extends string, Row> = { [Column in keyof Row & string as `${Prefix}_${Column}`]: Row[Column] }

type JoinedRow = PriceRow &
  Aliased<'variant', Omit<HeldPrice['variant'], 'id' | 'product_id'>> &
  Aliased<'product', Omit<HeldPrice['product'], 'id'>>

function heldPrice({
  variant_public_id,
  variant_name,
  variant_description,
  variant_sku,
  variant_fulfillment_required,
  variant_archived,
  product_public_id,
  product_name,
  product_archived,
  ...price
}: JoinedRow): HeldPrice {
  return {
    price,
    variant: {
      id: price.variant_id,
      public_id: variant_public_id,
      product_id: price.product_id,
      name: variant_name,
      description: variant_description,
      sku: variant_sku,
      fulfillment_required: variant_fulfillment_required,
      archived: variant_archived,
    },
    product: { id: price.product_id, public_id: product_public_id, name: product_name, archived: product_archived },
  }
}
