import * as v from 'valibot'
import { globalId, idempotencyKey, listOf, requiredText, unclearable } from '../shared/input.ts'
import { clearableText, standing } from './member-rules.ts'
import { newVariantMembers } from './variant-input.ts'

const variantProperty = v.object({
  propertyId: v.nullish(v.number()),
  name: v.pipe(
    requiredText(),
    v.transform(name => name.trim().replace(/\s+/g, ' ')),
  ),
})

const members = {
  visibleInStore: standing(v.boolean(), false),
  visibleInCustomerCenter: standing(v.boolean(), false),
  commissionable: standing(v.boolean(), false),
  seoTitle: clearableText,
  seoDescription: clearableText,
  variantProperties: v.nullish(listOf(variantProperty, 20, 'More than 20 properties.')),
  idempotencyKey,
}

/** The rules of `createProduct` (domain 3.1). */
export const createProductInput = v.object({
  ...members,
  name: requiredText(),
  defaultVariant: v.nullish(v.object({ ...newVariantMembers, name: v.nullish(requiredText()) })),
})

/** The rules of `updateProduct` (domain 3.1). */
export const updateProductInput = v.object({
  ...members,
  id: globalId('Product'),
  name: unclearable(requiredText()),
  archived: standing(v.boolean(), false),
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
