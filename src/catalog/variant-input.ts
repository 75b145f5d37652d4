import { z } from 'zod'
import { globalId, idempotencyKey, requiredText, unclearable } from '../shared/input.ts'
import { clearableText, measure, standing } from './member-rules.ts'
import { productTypes, weightUnits } from './variant.ts'

const propertyValue = z.object({
  property: requiredText(),
  value: requiredText().transform(value => value.trim().replace(/\s+/g, ' ')),
})

const propertiesValues = z.array(propertyValue).max(20, 'More than 20 values.').nullish()

const members = {
  description: clearableText,
  sku: clearableText,
  productType: standing(z.enum(productTypes), 'digital'),
  outOfStockSales: standing(z.boolean(), false),
  trackQuantity: standing(z.boolean(), false),
  fulfillmentRequired: standing(z.boolean(), false),
  weight: measure.nullish(),
  weightUnit: standing(z.enum(weightUnits), 'lb'),
  height: measure.nullish(),
  width: measure.nullish(),
  length: measure.nullish(),
  dimensionsUnit: clearableText,
  taxable: standing(z.boolean(), true),
  visible: standing(z.boolean(), true),
}

/** The rules of a default variant that comes with its product (domain 3.2). */
export const newVariantMembers = members

/** The rules of `createVariant` (domain 3.2). Null of what a variant takes over from the default one means absent. */
export const createVariantInput = z.object({
  ...members,
  productId: globalId('Product'),
  name: requiredText(),
  productType: z.enum(productTypes).nullish(),
  weightUnit: z.enum(weightUnits).nullish(),
  taxable: z.boolean().nullish(),
  propertiesValues,
  idempotencyKey,
})

/** The rules of `updateVariant` (domain 3.2). */
export const updateVariantInput = z.object({
  ...members,
  id: globalId('Variant'),
  name: unclearable(requiredText()),
  archived: standing(z.boolean(), false),
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
