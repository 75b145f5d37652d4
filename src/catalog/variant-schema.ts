import { atMost } from '../graphql/at-most.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { idList, idValue, textValue, timeRange } from '../graphql/filter-values.ts'
import { globalId, idArgument, NodeInterface } from '../graphql/node.ts'
import { children } from '../graphql/relation.ts'
import { sortEnum } from '../graphql/sort.ts'
import { ProductTypeEnum, WeightUnitEnum } from './catalog-enums.ts'
import { maxPrices } from './price.ts'
import { PriceRef } from './price-refs.ts'
import { loadPricesOfVariants } from './price-store.ts'
import { variantPropertiesOf } from './product.ts'
import { ProductRef } from './product-refs.ts'
import { type PropertyValue, propertiesValuesOf } from './variant.ts'
import { VariantRef } from './variant-refs.ts'
import { listedVariants, variantConditions } from './variant-store.ts'

const pricesOf = children(loadPricesOfVariants, price => price.variant_id)

const VariantPropertyValueRef = builder
  .objectRef<PropertyValue & { product_id: string }>('VariantPropertyValue')
  .implement({
    description: 'The value that a variant has of a property of its product, such as "Large".',
    fields: t => ({
      propertyId: t.exposeInt('property_id', { description: 'The number of the property within the product.' }),
      property: t.string({
        nullable: true,
        description: 'What the property is called, such as "Size"; null when the product does not know it.',
        loadedColumns: { products: ['variant_properties'] },
        async resolve({ product_id, property_id }, _args, context) {
          const product = await ProductRef.getDataloader(context).load(product_id)
          return variantPropertiesOf(product).find(({ id }) => id === property_id)?.name ?? null
        },
      }),
      value: t.exposeString('value', { description: 'The value, such as "Large".' }),
    }),
  })

builder.objectType(VariantRef, {
  description: 'One form of a product, such as a size; what orders name. Each product has at least the default one.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Variant')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows.' }),
    product: t.field({
      type: ProductRef,
      description: 'The product it is a form of.',
      columns: ['product_id'],
      resolve: variant => variant.product_id,
    }),
    isDefault: t.exposeBoolean('is_default', {
      description: 'True for the one variant that stands for the product as a whole.',
    }),
    name: t.exposeString('name', { description: 'What it is called, at most 255 characters.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Text for customers, on the default variant that of the product; null when there is none.',
    }),
    sku: t.exposeString('sku', { nullable: true, description: 'Stock keeping unit; null when there is none.' }),
    productType: t.expose('product_type', { type: ProductTypeEnum, description: 'Whether it is shipped.' }),
    propertiesValues: t.field({
      type: [VariantPropertyValueRef],
      description: 'Its values in the order of the product’s properties; the default variant has none.',
      columns: ['properties_values', 'product_id'],
      resolve: variant => propertiesValuesOf(variant).map(value => ({ ...value, product_id: variant.product_id })),
    }),
    quantity: t.exposeInt('quantity', { nullable: true, description: 'How many are in stock; null when unknown.' }),
    trackQuantity: t.exposeBoolean('track_quantity', { description: 'True when the stock is counted.' }),
    outOfStockSales: t.exposeBoolean('out_of_stock_sales', {
      description: 'True when it sells with nothing in stock.',
    }),
    fulfillmentRequired: t.exposeBoolean('fulfillment_required', {
      description: 'True when somebody has to ship it once it is paid.',
    }),
    weight: t.expose('weight', {
      type: 'Decimal',
      nullable: true,
      description: 'Weight in `weightUnit`; null when unknown.',
    }),
    weightUnit: t.expose('weight_unit', { type: WeightUnitEnum, description: 'The unit of `weight`.' }),
    height: t.expose('height', {
      type: 'Decimal',
      nullable: true,
      description: 'Height in `dimensionsUnit`; null when unknown.',
    }),
    width: t.expose('width', {
      type: 'Decimal',
      nullable: true,
      description: 'Width in `dimensionsUnit`; null when unknown.',
    }),
    length: t.expose('length', {
      type: 'Decimal',
      nullable: true,
      description: 'Length in `dimensionsUnit`; null when unknown.',
    }),
    dimensionsUnit: t.exposeString('dimensions_unit', {
      nullable: true,
      description: 'The unit of height, width and length, such as "inches"; null when unknown.',
    }),
    taxable: t.exposeBoolean('taxable', { description: 'True when taxes apply to it.' }),
    visible: t.exposeBoolean('visible', { description: 'True when customers see it.' }),
    archived: t.exposeBoolean('archived', { description: 'True when new orders can’t name it.' }),
    prices: t.field({
      type: [PriceRef],
      complexity: atMost(maxPrices),
      description: 'All its prices in the order they were created, archived ones included.',
      columns: [],
      resolve: (variant, _args, context) => pricesOf(context, variant.id),
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the variant was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the variant last changed.' }),
  }),
})

/** A list of variants. */
const VariantConnection = connectionType('Variant', VariantRef)

const VariantFilterInput = builder.inputType('VariantFilter', {
  description: 'Narrows a list of variants; null means the same as absent.',
  fields: t => ({
    id: t.idList({ description: 'Any of these variants, at most 100.' }),
    productId: t.id({ description: 'The variants of this product.' }),
    productType: t.field({ type: ProductTypeEnum, description: 'Only what is shipped, or only what is not.' }),
    archived: t.boolean({ description: 'Only archived variants, or only the others.' }),
    visible: t.boolean({ description: 'Only variants that customers see, or only the others.' }),
    sku: t.string({ description: 'Exactly this stock keeping unit.' }),
    fulfillmentRequired: t.boolean({ description: 'Only variants that somebody has to ship, or only the others.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Created in this stretch of time.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'Last changed in this stretch of time.' }),
  }),
})

const { type: VariantSort, sortOf } = sortEnum('VariantSort', { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at' })

builder.queryFields(t => ({
  variant: t.field({
    type: VariantRef,
    nullable: true,
    scope: 'catalog:read',
    description: 'One variant; null when the workspace has none with this id.',
    args: { id: t.arg.id({ required: true, description: 'The global id of a variant.' }) },
    resolve: (_root, { id }, context) => VariantRef.getDataloader(context).load(idArgument('Variant', id, 'id')),
  }),
  variants: t.field({
    type: VariantConnection,
    scope: 'catalog:read',
    description: 'The variants of all products of the workspace, archived ones included.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: VariantFilterInput, description: 'Narrows the list.' }),
      sort: t.arg({ type: VariantSort, description: 'The order of the list; default `CREATED_AT_DESC`.' }),
    },
    resolve(_root, { filter, sort, ...page }, context) {
      const conditions = variantConditions({
        id: idList('Variant', filter?.id, 'filter.id'),
        productId: idValue('Product', filter?.productId, 'filter.productId'),
        productType: filter?.productType,
        archived: filter?.archived,
        visible: filter?.visible,
        sku: textValue(filter?.sku, 'filter.sku'),
        fulfillmentRequired: filter?.fulfillmentRequired,
        createdAt: timeRange(filter?.createdAt, 'filter.createdAt'),
        updatedAt: timeRange(filter?.updatedAt, 'filter.updatedAt'),
      })
      return readConnection(context, listedVariants, sortOf(sort), page, conditions)
    },
  }),
}))
