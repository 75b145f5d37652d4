import { type Insertable, type Selectable, sql, type Transaction, type Updateable } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'
import { listTable } from '../database/listed-table.ts'
import { rowsById, rowsByParent } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, Prices } from '../database/tables.ts'
import type { PaymentType } from './price.ts'

export type PriceRow = Selectable<Prices>

/** The columns of a price, listed: a named `select *` would fail for ever after a new column. */
export const priceColumns = [
  'workspace_id',
  'id',
  'public_id',
  'variant_id',
  'product_id',
  'name',
  'key',
  'amount',
  'currency',
  'payment_type',
  'interval',
  'interval_count',
  'duration',
  'trial_interval',
  'trial_duration',
  'trial_amount',
  'setup_amount',
  'compare_at_amount',
  'cost',
  'self_cancel',
  'self_upgrade',
  'self_downgrade',
  'self_reactivate',
  'visible',
  'archived',
  'created_at',
  'updated_at',
] as const

/** Prices as a list. */
export const listedPrices = listTable<PriceRow>('prices', priceColumns, ['variant_id', 'product_id'])

const pricesById = rowsById(listedPrices)

const pricesByVariant = rowsByParent(listedPrices, 'variant_id', 'id')

const pricesByProduct = rowsByParent(listedPrices, 'product_id', 'id')

/** The prices with these ids that the workspace has, in any order. */
export function loadPrices(reads: Reads, ids: readonly string[]): Promise<PriceRow[]> {
  return reads.all(pricesById, { ids })
}

/** All prices of these variants, each variant's in the order they were created. */
export function loadPricesOfVariants(reads: Reads, variantIds: readonly string[]): Promise<PriceRow[]> {
  return reads.all(pricesByVariant, { parents: variantIds })
}

/** All prices of these products' variants, each product's in the order they were created. */
export function loadPricesOfProducts(reads: Reads, productIds: readonly string[]): Promise<PriceRow[]> {
  return reads.all(pricesByProduct, { parents: productIds })
}

/** What a list of prices can be narrowed by; null and absent mean the same. */
interface PriceFilter {
  id?: readonly string[] | null | undefined
  variantId?: string | null | undefined
  productId?: string | null | undefined
  paymentType?: PaymentType | null | undefined
  archived?: boolean | null | undefined
  visible?: boolean | null | undefined
  key?: string | null | undefined
  createdAt?: Range | null | undefined
  updatedAt?: Range | null | undefined
}

/** The conditions of a filter. */
export function priceConditions(filter: PriceFilter): Condition[] {
  return [
    ...oneOf('id', filter.id),
    ...equals('variant_id', filter.variantId),
    ...equals('product_id', filter.productId),
    ...equals('payment_type', filter.paymentType),
    ...equals('archived', filter.archived),
    ...equals('visible', filter.visible),
    ...equals('key', filter.key),
    ...within('created_at', filter.createdAt),
    ...within('updated_at', filter.updatedAt),
  ]
}

/**
 * Locks a price for writing to the end of the transaction; undefined when the workspace has none. Not the weaker lock of
 * other updates: an order that is being created holds the price for key share, and whoever asks next whether any order
 * uses it must wait for that one.
 */
export function lockPrice(trx: Transaction<DB>, workspaceId: string, id: string): Promise<PriceRow | undefined> {
  return trx
    .selectFrom('prices')
    .select(priceColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** Adds a price and returns its id. */
export async function insertPrice(trx: Transaction<DB>, price: Insertable<Prices>): Promise<string> {
  const { id } = await trx.insertInto('prices').values(price).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Writes columns of a locked price. */
export async function writePrice(
  trx: Transaction<DB>,
  price: { workspace_id: string; id: string },
  columns: Updateable<Prices>,
): Promise<void> {
  await trx
    .updateTable('prices')
    .set({ ...columns, updated_at: sql`clock_timestamp()` })
    .where('workspace_id', '=', price.workspace_id)
    .where('id', '=', price.id)
    .execute()
}

/** The prices of a product with their variants, in the order they were created. */
export function pricesOfProduct(
  trx: Transaction<DB>,
  workspaceId: string,
  productId: string,
): Promise<Pick<PriceRow, 'id' | 'variant_id'>[]> {
  return trx
    .selectFrom('prices')
    .select(['id', 'variant_id'])
    .where('workspace_id', '=', workspaceId)
    .where('product_id', '=', productId)
    .orderBy('id')
    .execute()
}

/** The ids of a variant's prices in the order they were created. */
export async function priceIdsOfVariant(
  trx: Transaction<DB>,
  workspaceId: string,
  variantId: string,
): Promise<string[]> {
  const rows = await trx
    .selectFrom('prices')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('variant_id', '=', variantId)
    .orderBy('id')
    .execute()
  return rows.map(row => row.id)
}

/**
 * Whether any order uses the price. Reads a table of orders, which lie above the catalog: what an order has used is
 * a rule about the price itself, and asking upwards would turn the imports around.
 */
export async function isPriceUsed(trx: Transaction<DB>, workspaceId: string, id: string): Promise<boolean> {
  const line = await trx
    .selectFrom('order_line_items')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('price_id', '=', id)
    .limit(1)
    .executeTakeFirst()
  return line !== undefined
}
