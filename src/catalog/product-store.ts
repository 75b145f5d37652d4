import { type Insertable, type Selectable, sql, type Transaction, type Updateable } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'
import { listTable } from '../database/listed-table.ts'
import { rowsById } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, Products } from '../database/tables.ts'

export type ProductRow = Selectable<Products>

/** The columns of a product, listed: a named `select *` would fail for ever after a new column. */
export const productColumns = [
  'workspace_id',
  'id',
  'public_id',
  'name',
  'default_variant_id',
  'visible_in_store',
  'visible_in_customer_center',
  'commissionable',
  'seo_title',
  'seo_description',
  'variant_properties',
  'archived',
  'created_at',
  'updated_at',
] as const

/** Products as a list. */
export const listedProducts = listTable<ProductRow>('products', productColumns)

const productsById = rowsById(listedProducts)

/** The products with these ids that the workspace has, in any order. */
export function loadProducts(reads: Reads, ids: readonly string[]): Promise<ProductRow[]> {
  return reads.all(productsById, { ids })
}

/** What a list of products can be narrowed by; null and absent mean the same. */
interface ProductFilter {
  id?: readonly string[] | null | undefined
  archived?: boolean | null | undefined
  visibleInStore?: boolean | null | undefined
  visibleInCustomerCenter?: boolean | null | undefined
  createdAt?: Range | null | undefined
  updatedAt?: Range | null | undefined
}

/** The conditions of a filter. */
export function productConditions(filter: ProductFilter): Condition[] {
  return [
    ...oneOf('id', filter.id),
    ...equals('archived', filter.archived),
    ...equals('visible_in_store', filter.visibleInStore),
    ...equals('visible_in_customer_center', filter.visibleInCustomerCenter),
    ...within('created_at', filter.createdAt),
    ...within('updated_at', filter.updatedAt),
  ]
}

/** A product whose properties stay as they are to the end of the transaction; undefined when there is none. */
export function holdProduct(trx: Transaction<DB>, workspaceId: string, id: string): Promise<ProductRow | undefined> {
  return trx
    .selectFrom('products')
    .select(productColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forShare()
    .executeTakeFirst()
}

/** Locks a product for writing to the end of the transaction; undefined when the workspace has none. */
export function lockProduct(trx: Transaction<DB>, workspaceId: string, id: string): Promise<ProductRow | undefined> {
  return trx
    .selectFrom('products')
    .select(productColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/**
 * Adds a product and returns its id. The product and its default variant name each other: the caller adds the variant
 * and then writes its id, which is checked at the commit.
 */
export async function insertProduct(
  trx: Transaction<DB>,
  product: Omit<Insertable<Products>, 'default_variant_id'>,
): Promise<string> {
  const { id } = await trx
    .insertInto('products')
    .values({ ...product, default_variant_id: '0' })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Says which variant is the default one of a product that was just added, and returns the product. */
export function setDefaultVariant(
  trx: Transaction<DB>,
  product: { workspace_id: string; id: string },
  variantId: string,
): Promise<ProductRow> {
  return trx
    .updateTable('products')
    .set({ default_variant_id: variantId })
    .where('workspace_id', '=', product.workspace_id)
    .where('id', '=', product.id)
    .returning(productColumns)
    .executeTakeFirstOrThrow()
}

/** Writes columns of a locked product and returns it. */
export function writeProduct(
  trx: Transaction<DB>,
  product: { workspace_id: string; id: string },
  columns: Updateable<Products>,
): Promise<ProductRow> {
  return trx
    .updateTable('products')
    .set({ ...columns, updated_at: sql`clock_timestamp()` })
    .where('workspace_id', '=', product.workspace_id)
    .where('id', '=', product.id)
    .returning(productColumns)
    .executeTakeFirstOrThrow()
}
