import { type Insertable, type Selectable, sql, type Transaction, type Updateable } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'
import { listTable } from '../database/listed-table.ts'
import { rowsById, rowsByParent } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, Variants } from '../database/tables.ts'
import type { ProductType } from './variant.ts'

export type VariantRow = Selectable<Variants>

/** The columns of a variant, listed: a named `select *` would fail for ever after a new column. */
export const variantColumns = [
  'workspace_id',
  'id',
  'public_id',
  'product_id',
  'is_default',
  'name',
  'description',
  'sku',
  'product_type',
  'properties_values',
  'quantity',
  'track_quantity',
  'out_of_stock_sales',
  'fulfillment_required',
  'weight',
  'weight_unit',
  'height',
  'width',
  'length',
  'dimensions_unit',
  'taxable',
  'visible',
  'archived',
  'created_at',
  'updated_at',
] as const

/** Variants as a list. */
export const listedVariants = listTable<VariantRow>('variants', variantColumns, ['product_id'])

const variantsById = rowsById(listedVariants)

const variantsByProduct = rowsByParent(listedVariants, 'product_id', 'id')

/** The variants with these ids that the workspace has, in any order. */
export function loadVariants(reads: Reads, ids: readonly string[]): Promise<VariantRow[]> {
  return reads.all(variantsById, { ids })
}

/** All variants of these products, each product's in the order they were created. */
export function loadVariantsOfProducts(reads: Reads, productIds: readonly string[]): Promise<VariantRow[]> {
  return reads.all(variantsByProduct, { parents: productIds })
}

/** What a list of variants can be narrowed by; null and absent mean the same. */
interface VariantFilter {
  id?: readonly string[] | null | undefined
  productId?: string | null | undefined
  productType?: ProductType | null | undefined
  archived?: boolean | null | undefined
  visible?: boolean | null | undefined
  sku?: string | null | undefined
  fulfillmentRequired?: boolean | null | undefined
  createdAt?: Range | null | undefined
  updatedAt?: Range | null | undefined
}

/** The conditions of a filter. */
export function variantConditions(filter: VariantFilter): Condition[] {
  return [
    ...oneOf('id', filter.id),
    ...equals('product_id', filter.productId),
    ...equals('product_type', filter.productType),
    ...equals('archived', filter.archived),
    ...equals('visible', filter.visible),
    ...equals('sku', filter.sku),
    ...equals('fulfillment_required', filter.fulfillmentRequired),
    ...within('created_at', filter.createdAt),
    ...within('updated_at', filter.updatedAt),
  ]
}

/** A variant, held against deletion to the end of the transaction; undefined when there is none. */
export function holdVariant(trx: Transaction<DB>, workspaceId: string, id: string): Promise<VariantRow | undefined> {
  return trx
    .selectFrom('variants')
    .select(variantColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst()
}

/** A variant as the transaction sees it, without a lock; undefined when the workspace has none. */
export function readVariant(trx: Transaction<DB>, workspaceId: string, id: string): Promise<VariantRow | undefined> {
  return trx
    .selectFrom('variants')
    .select(variantColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Locks a variant for writing to the end of the transaction; undefined when the workspace has none. */
export function lockVariant(trx: Transaction<DB>, workspaceId: string, id: string): Promise<VariantRow | undefined> {
  return trx
    .selectFrom('variants')
    .select(variantColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Locks all variants of a product for writing, in the order they were created. */
export function lockVariantsOf(trx: Transaction<DB>, workspaceId: string, productId: string): Promise<VariantRow[]> {
  return trx
    .selectFrom('variants')
    .select(variantColumns)
    .where('workspace_id', '=', workspaceId)
    .where('product_id', '=', productId)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Adds a variant and returns it. */
export function insertVariant(trx: Transaction<DB>, variant: Insertable<Variants>): Promise<VariantRow> {
  return trx.insertInto('variants').values(variant).returning(variantColumns).executeTakeFirstOrThrow()
}

/** Writes columns of a locked variant and returns it. */
export function writeVariant(
  trx: Transaction<DB>,
  variant: { workspace_id: string; id: string },
  columns: Updateable<Variants>,
): Promise<VariantRow> {
  return trx
    .updateTable('variants')
    .set({ ...columns, updated_at: sql`clock_timestamp()` })
    .where('workspace_id', '=', variant.workspace_id)
    .where('id', '=', variant.id)
    .returning(variantColumns)
    .executeTakeFirstOrThrow()
}

/** The ids of a product's variants in the order they were created. */
export async function variantIdsOf(trx: Transaction<DB>, workspaceId: string, productId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('variants')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('product_id', '=', productId)
    .orderBy('id')
    .execute()
  return rows.map(row => row.id)
}
