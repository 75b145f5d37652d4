import * as v from 'valibot'
import { globalId, idempotencyKey, listOf, requiredText, unclearable } from '../shared/input.ts'
import { clearableText, measure, standing } from './member-rules.ts'
import { productTypes, weightUnits } from './variant.ts'

const propertyValue = v.object({
  property: requiredText(),
  value: v.pipe(
    requiredText(),
    v.transform(value => value.trim().replace(/\s+/g, ' ')),
  ),
})

const propertiesValues = v.nullish(listOf(propertyValue, 20, 'More than 20 values.'))

const members = {
  description: clearableText,
  sku: clearableText,
  productType: standing(v.picklist(productTypes), 'digital'),
  outOfStockSales: standing(v.boolean(), false),
  trackQuantity: standing(v.boolean(), false),
  fulfillmentRequired: standing(v.boolean(), false),
  weight: v.nullish(measure),
  weightUnit: standing(v.picklist(weightUnits), 'lb'),
  height: v.nullish(measure),
  width: v.nullish(measure),
  length: v.nullish(measure),
  dimensionsUnit: clearableText,
  taxable: standing(v.boolean(), true),
  visible: standing(v.boolean(), true),
}

/** The rules of a default variant that comes with its product (domain 3.2). */
export const newVariantMembers = members

/** The rules of `createVariant` (domain 3.2). Null of what a variant takes over from the default one means absent. */
export const createVariantInput = v.object({
  ...members,
  productId: globalId('Product'),
  name: requiredText(),
  productType: v.nullish(v.picklist(productTypes)),
  weightUnit: v.nullish(v.picklist(weightUnits)),
  taxable: v.nullish(v.boolean()),
  propertiesValues,
  idempotencyKey,
})

/** The rules of `updateVariant` (domain 3.2). */
export const updateVariantInput = v.object({
  ...members,
  id: globalId('Variant'),
  name: unclearable(requiredText()),
  archived: standing(v.boolean(), false),
  propertiesValues,
  idempotencyKey,
})

/** The members of an input that are columns of the same name. */
export const variantMembers = [
  'description',
  'sku',
  'productType',
  'outOfStockSales',
  'trackQuantity',
  'fulfillmentRequired',
  'weight',
  'weightUnit',
  'height',
  'width',
  'length',
  'dimensionsUnit',
  'taxable',
  'visible',
] as const
