import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { refuseIssues } from '../shared/errors.ts'
import { comparable, type VariantProperty } from './product.ts'
import type { ProductRow } from './product-store.ts'
import { propertiesValuesOf } from './variant.ts'
import { lockVariantsOf, type VariantRow, writeVariant } from './variant-store.ts'

/**
 * Takes the values of these properties from the product's variants and returns the variants that had any, as they
 * are now. Throws InvalidInput for a property in which variants differ: without it they would be the same (domain 3.2).
 */
export async function dropProperties(
  trx: Transaction<DB>,
  product: ProductRow,
  dropped: readonly VariantProperty[],
): Promise<VariantRow[]> {
  if (dropped.length === 0) return []
  const variants = await lockVariantsOf(trx, product.workspace_id, product.id)
  const valuesOf = (property: VariantProperty) =>
    variants.flatMap(propertiesValuesOf).filter(({ property_id }) => property_id === property.id)
  const differing = dropped.filter(
    property => new Set(valuesOf(property).map(({ value }) => comparable(value))).size > 1,
  )
  refuseIssues(
    differing.map(({ name }) => ({
      code: 'PROPERTY_IN_USE',
      message: `Variants differ in the property ${name}.`,
      path: ['input', 'variantProperties'],
    })),
  )
  const ids = new Set(dropped.map(({ id }) => id))
  const changed: VariantRow[] = []
  for (const variant of variants) {
    const values = propertiesValuesOf(variant)
    const kept = values.filter(({ property_id }) => !ids.has(property_id))
    if (kept.length === values.length) continue
    changed.push(await writeVariant(trx, variant, { properties_values: JSON.stringify(kept) }))
  }
  return changed
}
