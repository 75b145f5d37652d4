import { atMost } from '../graphql/at-most.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { idList, timeRange } from '../graphql/filter-values.ts'
import { globalId, idArgument, NodeInterface } from '../graphql/node.ts'
import { children } from '../graphql/relation.ts'
import { sortEnum } from '../graphql/sort.ts'
import { maxProductPrices } from './price.ts'
import { PriceRef } from './price-refs.ts'
import { loadPricesOfProducts } from './price-store.ts'
import { type VariantProperty, variantPropertiesOf } from './product.ts'
import { ProductRef } from './product-refs.ts'
import { listedProducts, productConditions } from './product-store.ts'
import { maxVariants } from './variant.ts'
import { VariantRef } from './variant-refs.ts'
import { loadVariantsOfProducts } from './variant-store.ts'

const variantsOf = children(loadVariantsOfProducts, variant => variant.product_id)
const pricesOf = children(loadPricesOfProducts, price => price.product_id)

const VariantPropertyRef = builder.objectRef<VariantProperty>('VariantProperty').implement({
  description: 'Something in which the variants of a product differ, such as "Size".',
  fields: t => ({
    propertyId: t.exposeInt('id', { description: 'Its number within the product.' }),
    name: t.exposeString('name', { description: 'What it is called, such as "Size".' }),
  }),
})

builder.objectType(ProductRef, {
  description: 'Something that is sold. Its description, prices and stock stand on its variants.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Product')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows in URLs.' }),
    name: t.exposeString('name', { description: 'What it is called, at most 255 characters.' }),
    visibleInStore: t.exposeBoolean('visible_in_store', { description: 'True when the store shows it.' }),
    visibleInCustomerCenter: t.exposeBoolean('visible_in_customer_center', {
      description: 'True when the customer center shows it.',
    }),
    commissionable: t.exposeBoolean('commissionable', { description: 'True when affiliates earn a commission on it.' }),
    seoTitle: t.exposeString('seo_title', {
      nullable: true,
      description: 'Title for search engines; null when there is none.',
    }),
    seoDescription: t.exposeString('seo_description', {
      nullable: true,
      description: 'Description for search engines; null when there is none.',
    }),
    variantProperties: t.field({
      type: [VariantPropertyRef],
      description:
        'In what its variants differ, at most 20. A variant has a value of each that was there when its values were given; the default one has none.',
      columns: ['variant_properties'],
      resolve: variantPropertiesOf,
    }),
    archived: t.exposeBoolean('archived', { description: 'True when it is no longer sold; then nothing shows it.' }),
    defaultVariant: t.field({
      type: VariantRef,
      description: 'The variant that stands for the product as a whole; every product has one.',
      columns: ['default_variant_id'],
      resolve: product => product.default_variant_id,
    }),
    variants: t.field({
      type: [VariantRef],
      complexity: atMost(maxVariants),
      description: 'All its variants in the order they were created, the default one and archived ones included.',
      columns: [],
      resolve: (product, _args, context) => variantsOf(context, product.id),
    }),
    prices: t.field({
      type: [PriceRef],
      complexity: atMost(maxProductPrices),
      description: 'All prices of its variants in the order they were created, at most 1,000, archived ones included.',
      columns: [],
      resolve: (product, _args, context) => pricesOf(context, product.id),
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the product was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the product last changed.' }),
  }),
})

/** A list of products. */
const ProductConnection = connectionType('Product', ProductRef)

const ProductFilterInput = builder.inputType('ProductFilter', {
  description: 'Narrows a list of products; null means the same as absent.',
  fields: t => ({
    id: t.idList({ description: 'Any of these products, at most 100.' }),
    archived: t.boolean({ description: 'Only archived products, or only the others.' }),
    visibleInStore: t.boolean({ description: 'Only products that the store shows, or only the others.' }),
    visibleInCustomerCenter: t.boolean({
      description: 'Only products that the customer center shows, or only the others.',
    }),
    createdAt: t.field({ type: DateTimeRange, description: 'Created in this stretch of time.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'Last changed in this stretch of time.' }),
  }),
})

const { type: ProductSort, sortOf } = sortEnum('ProductSort', { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at' })

builder.queryFields(t => ({
  product: t.field({
    type: ProductRef,
    nullable: true,
    scope: 'catalog:read',
    description: 'One product; null when the workspace has none with this id.',
    args: { id: t.arg.id({ required: true, description: 'The global id of a product.' }) },
    resolve: (_root, { id }, context) => ProductRef.getDataloader(context).load(idArgument('Product', id, 'id')),
  }),
  products: t.field({
    type: ProductConnection,
    scope: 'catalog:read',
    description: 'The products of the workspace, archived ones included.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: ProductFilterInput, description: 'Narrows the list.' }),
      sort: t.arg({ type: ProductSort, description: 'The order of the list; default `CREATED_AT_DESC`.' }),
    },
    resolve(_root, { filter, sort, ...page }, context) {
      const conditions = productConditions({
        id: idList('Product', filter?.id, 'filter.id'),
        archived: filter?.archived,
        visibleInStore: filter?.visibleInStore,
        visibleInCustomerCenter: filter?.visibleInCustomerCenter,
        createdAt: timeRange(filter?.createdAt, 'filter.createdAt'),
        updatedAt: timeRange(filter?.updatedAt, 'filter.updatedAt'),
      })
      return readConnection(context, listedProducts, sortOf(sort), page, conditions)
    },
  }),
}))
