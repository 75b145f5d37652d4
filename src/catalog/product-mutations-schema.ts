import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, payloadType } from '../graphql/mutation.ts'
import { commonErrors, UserErrorInterface } from '../graphql/user-error.ts'
import { createProduct } from './create-product.ts'
import { ProductIsLive } from './product.ts'
import { ProductRef } from './product-refs.ts'
import { updateProduct } from './update-product.ts'
import { variantFields } from './variant-mutations-schema.ts'

builder.objectType(ProductIsLive, {
  name: 'ProductIsLive',
  description: 'A product can’t be archived while the store or the customer center shows it; hide it first.',
  interfaces: [UserErrorInterface],
})

const member = { member: 'product', type: ProductRef, scope: 'catalog:read' } as const

const VariantPropertyInput = builder.inputType('VariantPropertyInput', {
  description: 'Something in which the variants of a product differ.',
  fields: t => ({
    propertyId: t.int({
      description: 'The number of a property that the product has, to rename it. Without it the name says which it is.',
    }),
    name: t.string({ required: true, description: 'What it is called, such as "Size"; unique in whatever case.' }),
  }),
})

const productFields = (t: InputFields) => ({
  visibleInStore: t.boolean({ description: 'Whether the store shows it; default false.' }),
  visibleInCustomerCenter: t.boolean({ description: 'Whether the customer center shows it; default false.' }),
  commissionable: t.boolean({ description: 'Whether affiliates earn a commission on it; default false.' }),
  seoTitle: t.string({ description: 'Title for search engines.' }),
  seoDescription: t.string({ description: 'Description for search engines.' }),
  variantProperties: t.field({
    type: [VariantPropertyInput],
    description: 'All properties in which variants differ, at most 20; one in which they do differ can’t be removed.',
  }),
  idempotencyKey: t.string({ description: idempotencyKeyDescription }),
})

const DefaultVariantInput = builder.inputType('DefaultVariantInput', {
  description: 'The variant that comes with a product.',
  fields: t => ({
    name: t.string({ description: 'What it is called; default the name of the product.' }),
    ...variantFields(t),
  }),
})

const CreateProductInput = builder.inputType('CreateProductInput', {
  description: 'A new product.',
  fields: t => ({
    name: t.string({ required: true, description: 'What it is called.' }),
    ...productFields(t),
    defaultVariant: t.field({
      type: DefaultVariantInput,
      description: 'Its default variant; absent, that is digital and named like the product.',
    }),
  }),
})

const UpdateProductInput = builder.inputType('UpdateProductInput', {
  description: 'Changes to a product: what is absent stays, null clears or sets back to the default.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the product.' }),
    name: t.string({ description: 'What it is called; can’t be null.' }),
    ...productFields(t),
    archived: t.boolean({ description: 'Whether it is no longer sold; refused as long as anything shows it.' }),
  }),
})

builder.mutationFields(t => ({
  createProduct: t.field({
    type: payloadType('CreateProductPayload', 'The product that was created.', member),
    scope: 'catalog:write',
    description: 'Creates a product and its default variant. Events: `product.created`, `products/variant.created`.',
    args: { input: t.arg({ type: CreateProductInput, required: true, description: 'The product.' }) },
    errors: { types: commonErrors },
    resolve: (_root, { input }, context) => answer(context, createProduct(context.commands, input)),
  }),
  updateProduct: t.field({
    type: payloadType('UpdateProductPayload', 'The product that was changed.', member),
    scope: 'catalog:write',
    description:
      'Changes a product. Events, if anything changed: `product.updated`, then `products/variant.updated` for each variant that loses the value of a removed property.',
    args: { input: t.arg({ type: UpdateProductInput, required: true, description: 'The changes.' }) },
    errors: { types: [...commonErrors, ProductIsLive] },
    resolve: (_root, { input }, context) => answer(context, updateProduct(context.commands, input)),
  }),
}))
