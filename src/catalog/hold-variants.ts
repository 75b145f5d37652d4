import { sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { HeldPrice } from './hold-prices.ts'

/** The variants with these ids that the workspace has, by id, held against deletion to the end of the transaction. */
export async function holdVariants(
  trx: Transaction<DB>,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, HeldPrice['variant']>> {
  const variants = await trx
    .selectFrom('variants')
    .select(['id', 'public_id', 'product_id', 'name', 'description', 'sku', 'fulfillment_required', 'archived'])
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', sql<string>`any(${ids})`)
    .orderBy('id')
    .forKeyShare()
    .execute()
  return new Map(variants.map(variant => [variant.id, variant]))
}
