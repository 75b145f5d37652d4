import { z } from 'zod'
import { globalId, idempotencyKey, requiredText, unclearable } from '../shared/input.ts'
import { clearableText, standing } from './member-rules.ts'
import { newVariantMembers } from './variant-input.ts'

const variantProperty = z.object({
  propertyId: z.number().nullish(),
  name: requiredText().transform(name => name.trim().replace(/\s+/g, ' ')),
})

const members = {
  visibleInStore: standing(z.boolean(), false),
  visibleInCustomerCenter: standing(z.boolean(), false),
  commissionable: standing(z.boolean(), false),
  seoTitle: clearableText,
  seoDescription: clearableText,
  variantProperties: z.array(variantProperty).max(20, 'More than 20 properties.').nullish(),
  idempotencyKey,
}

/** The rules of `createProduct` (domain 3.1). */
export const createProductInput = z.object({
  ...members,
  name: requiredText(),
  defaultVariant: z.object({ ...newVariantMembers, name: requiredText().nullish() }).nullish(),
})

/** The rules of `updateProduct` (domain 3.1). */
export const updateProductInput = z.object({
  ...members,
  id: globalId('Product'),
  name: unclearable(requiredText()),
  archived: standing(z.boolean(), false),
})

/** The members of an input that are columns of the same name. */
export const productMembers = [
  'name',
  'visibleInStore',
  'visibleInCustomerCenter',
  'commissionable',
  'seoTitle',
  'seoDescription',
] as const
