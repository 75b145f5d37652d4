import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, payloadType } from '../graphql/mutation.ts'
import { commonErrors } from '../graphql/user-error.ts'
import { ProductTypeEnum, WeightUnitEnum } from './catalog-enums.ts'
import { createVariant } from './create-variant.ts'
import { updateVariant } from './update-variant.ts'
import { VariantRef } from './variant-refs.ts'

const member = { member: 'variant', type: VariantRef, scope: 'catalog:read' } as const

const PropertyValueInput = builder.inputType('VariantPropertyValueInput', {
  description: 'The value that a variant has of a property of its product.',
  fields: t => ({
    property: t.string({ required: true, description: 'The name of the property, such as "Size", in whatever case.' }),
    value: t.string({ required: true, description: 'The value, such as "Large".' }),
  }),
})

/** What every input that makes or changes a variant says of it. */
export const variantFields = (t: InputFields) => ({
  description: t.string({ description: 'Text for customers; on the default variant that of the product.' }),
  sku: t.string({ description: 'Stock keeping unit.' }),
  productType: t.field({ type: ProductTypeEnum, description: 'Whether it is shipped; default `DIGITAL`.' }),
  outOfStockSales: t.boolean({ description: 'Whether it sells with nothing in stock; default false.' }),
  trackQuantity: t.boolean({ description: 'Whether the stock is counted; default false.' }),
  fulfillmentRequired: t.boolean({ description: 'Whether somebody has to ship it once it is paid; default false.' }),
  weight: t.field({ type: 'Decimal', description: 'Weight in `weightUnit`, at most 4 decimals.' }),
  weightUnit: t.field({ type: WeightUnitEnum, description: 'The unit of `weight`; default `LB`.' }),
  height: t.field({ type: 'Decimal', description: 'Height in `dimensionsUnit`, at most 4 decimals.' }),
  width: t.field({ type: 'Decimal', description: 'Width in `dimensionsUnit`, at most 4 decimals.' }),
  length: t.field({ type: 'Decimal', description: 'Length in `dimensionsUnit`, at most 4 decimals.' }),
  dimensionsUnit: t.string({ description: 'The unit of height, width and length, such as "inches".' }),
  taxable: t.boolean({ description: 'Whether taxes apply to it; default true.' }),
  visible: t.boolean({ description: 'Whether customers see it; default true.' }),
})

const propertiesValues = (t: InputFields) =>
  t.field({
    type: [PropertyValueInput],
    description: 'A value of every property of the product, in any order; the default variant takes none.',
  })

const CreateVariantInput = builder.inputType('CreateVariantInput', {
  description:
    'A new variant. Absent or null, these are copied from the default variant as it is now: productType, description, sku, taxable, weight, weightUnit, height, width, length, dimensionsUnit.',
  fields: t => ({
    productId: t.id({ required: true, description: 'The global id of the product.' }),
    name: t.string({ required: true, description: 'What it is called.' }),
    ...variantFields(t),
    propertiesValues: propertiesValues(t),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

const UpdateVariantInput = builder.inputType('UpdateVariantInput', {
  description: 'Changes to a variant: what is absent stays, null clears or sets back to the default.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the variant.' }),
    name: t.string({ description: 'What it is called; can’t be null.' }),
    ...variantFields(t),
    propertiesValues: propertiesValues(t),
    archived: t.boolean({ description: 'Whether new orders are kept from naming it.' }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

builder.mutationFields(t => ({
  createVariant: t.field({
    type: payloadType('CreateVariantPayload', 'The variant that was created.', member),
    scope: 'catalog:write',
    description: 'Creates a variant of a product. Event: `products/variant.created`.',
    args: { input: t.arg({ type: CreateVariantInput, required: true, description: 'The variant.' }) },
    errors: { types: commonErrors },
    resolve: (_root, { input }, context) => answer(context, createVariant(context.commands, input)),
  }),
  updateVariant: t.field({
    type: payloadType('UpdateVariantPayload', 'The variant that was changed.', member),
    scope: 'catalog:write',
    description: 'Changes a variant. Event, if anything changed: `products/variant.updated`.',
    args: { input: t.arg({ type: UpdateVariantInput, required: true, description: 'The changes.' }) },
    errors: { types: commonErrors },
    resolve: (_root, { input }, context) => answer(context, updateVariant(context.commands, input)),
  }),
}))
