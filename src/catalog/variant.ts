import type { InputIssue } from '../shared/errors.ts'
import { comparable, type VariantProperty } from './product.ts'

/** Whether a variant is shipped (domain 3.2). */
export const productTypes = ['physical', 'digital'] as const
export type ProductType = (typeof productTypes)[number]

/** Units of a variant's weight (domain 3.2). */
export const weightUnits = ['lb', 'kg', 'oz', 'g'] as const
export type WeightUnit = (typeof weightUnits)[number]

/** No product has more variants, so that they can be read as a list. */
export const maxVariants = 100

/** The value that a variant has of a property of its product, such as "Large" (domain 3.2). */
export interface PropertyValue {
  property_id: number
  value: string
}

/** The values in a variant's `properties_values` column. */
export function propertiesValuesOf(variant: { properties_values: string }): PropertyValue[] {
  return JSON.parse(variant.properties_values)
}

/**
 * The values of a variant in the order of its product's properties, each of which needs one (domain 3.2). Issues for
 * unknown properties, for those that stand twice and for those without a value.
 */
export function matchProperties(
  properties: readonly VariantProperty[],
  given: readonly { property: string; value: string }[],
): { values: PropertyValue[]; issues: InputIssue[] } {
  const path = ['input', 'propertiesValues']
  const issues: InputIssue[] = []
  const values = new Map<number, PropertyValue>()
  for (const [index, { property, value }] of given.entries()) {
    const known = properties.find(({ name }) => comparable(name) === comparable(property))
    const where = [...path, String(index), 'property']
    if (known === undefined)
      issues.push({ code: 'NOT_FOUND', message: 'The product has no such property.', path: where })
    else if (values.has(known.id))
      issues.push({ code: 'DUPLICATE', message: 'This property stands here twice.', path: where })
    else values.set(known.id, { property_id: known.id, value })
  }
  for (const { id, name } of properties)
    if (!values.has(id)) issues.push({ code: 'REQUIRED', message: `The property ${name} has no value.`, path })
  return { values: properties.flatMap(({ id }) => values.get(id) ?? []), issues }
}
