import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { idList, idValue, textValue, timeRange } from '../graphql/filter-values.ts'
import { globalId, idArgument, NodeInterface } from '../graphql/node.ts'
import { sortEnum } from '../graphql/sort.ts'
import { writeAmount } from '../shared/money.ts'
import { IntervalEnum, PaymentTypeEnum } from './catalog-enums.ts'
import { PriceRef } from './price-refs.ts'
import { listedPrices, type PriceRow, priceConditions } from './price-store.ts'
import { ProductRef } from './product-refs.ts'
import { VariantRef } from './variant-refs.ts'

type OptionalAmount = 'trial_amount' | 'setup_amount' | 'compare_at_amount' | 'cost'

function written(column: OptionalAmount) {
  return (price: PriceRow) => (price[column] === null ? null : writeAmount(price[column], price.currency))
}

builder.objectType(PriceRef, {
  description: 'What a variant costs, once or again and again. Its currency is always the workspace’s.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Price')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows.' }),
    variant: t.field({
      type: VariantRef,
      description: 'The variant it is for.',
      columns: ['variant_id'],
      resolve: price => price.variant_id,
    }),
    product: t.field({
      type: ProductRef,
      description: 'The product of that variant.',
      columns: ['product_id'],
      resolve: price => price.product_id,
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'What it is called, such as "Monthly"; null when it has no name.',
    }),
    key: t.exposeString('key', {
      nullable: true,
      description: 'The merchant’s own handle, such as "pro_monthly_2024", not necessarily unique; null without one.',
    }),
    amount: t.field({
      type: 'Decimal',
      description: 'What is charged each time, in `currency`.',
      columns: ['amount', 'currency'],
      resolve: price => writeAmount(price.amount, price.currency),
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code, such as "USD".' }),
    paymentType: t.expose('payment_type', { type: PaymentTypeEnum, description: 'How it is paid.' }),
    interval: t.expose('interval', {
      type: IntervalEnum,
      nullable: true,
      description: 'The unit of a billing period; null when it is paid once.',
    }),
    intervalCount: t.exposeInt('interval_count', {
      nullable: true,
      description: 'How many intervals a billing period has; null when it is paid once.',
    }),
    duration: t.exposeInt('duration', {
      nullable: true,
      description: 'How many times it is charged; null when without end or paid once.',
    }),
    trialInterval: t.expose('trial_interval', {
      type: IntervalEnum,
      nullable: true,
      description: 'The unit of the trial; null when there is no trial.',
    }),
    trialDuration: t.exposeInt('trial_duration', {
      nullable: true,
      description: 'How many of those the trial lasts; null when there is no trial.',
    }),
    trialAmount: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the trial costs, in `currency`; null when it is free or there is none.',
      columns: ['trial_amount', 'currency'],
      resolve: written('trial_amount'),
    }),
    setupAmount: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'A fee charged once at the start, in `currency`; null when there is none.',
      columns: ['setup_amount', 'currency'],
      resolve: written('setup_amount'),
    }),
    compareAtAmount: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'A former amount to strike through, in `currency`; only shown. Null when there is none.',
      columns: ['compare_at_amount', 'currency'],
      resolve: written('compare_at_amount'),
    }),
    cost: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the merchant pays for one, in `currency`; null when unknown.',
      columns: ['cost', 'currency'],
      resolve: written('cost'),
    }),
    selfCancel: t.exposeBoolean('self_cancel', { description: 'True when customers may cancel by themselves.' }),
    selfUpgrade: t.exposeBoolean('self_upgrade', { description: 'True when customers may upgrade by themselves.' }),
    selfDowngrade: t.exposeBoolean('self_downgrade', {
      description: 'True when customers may downgrade by themselves.',
    }),
    selfReactivate: t.exposeBoolean('self_reactivate', {
      description: 'True when customers may reactivate by themselves.',
    }),
    visible: t.exposeBoolean('visible', { description: 'True when customers see it.' }),
    archived: t.exposeBoolean('archived', { description: 'True when new orders can’t name it.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the price was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the price last changed.' }),
  }),
})

/** A list of prices. */
const PriceConnection = connectionType('Price', PriceRef)

const PriceFilterInput = builder.inputType('PriceFilter', {
  description: 'Narrows a list of prices; null means the same as absent.',
  fields: t => ({
    id: t.idList({ description: 'Any of these prices, at most 100.' }),
    variantId: t.id({ description: 'The prices of this variant.' }),
    productId: t.id({ description: 'The prices of all variants of this product.' }),
    paymentType: t.field({ type: PaymentTypeEnum, description: 'Only prices that are paid in this way.' }),
    archived: t.boolean({ description: 'Only archived prices, or only the others.' }),
    visible: t.boolean({ description: 'Only prices that customers see, or only the others.' }),
    key: t.string({ description: 'Exactly this key.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Created in this stretch of time.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'Last changed in this stretch of time.' }),
  }),
})

const { type: PriceSort, sortOf } = sortEnum('PriceSort', { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at' })

builder.queryFields(t => ({
  price: t.field({
    type: PriceRef,
    nullable: true,
    scope: 'catalog:read',
    description: 'One price; null when the workspace has none with this id.',
    args: { id: t.arg.id({ required: true, description: 'The global id of a price.' }) },
    resolve: (_root, { id }, context) => PriceRef.getDataloader(context).load(idArgument('Price', id, 'id')),
  }),
  prices: t.field({
    type: PriceConnection,
    scope: 'catalog:read',
    description: 'The prices of all variants of the workspace, archived ones included.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: PriceFilterInput, description: 'Narrows the list.' }),
      sort: t.arg({ type: PriceSort, description: 'The order of the list; default `CREATED_AT_DESC`.' }),
    },
    resolve(_root, { filter, sort, ...page }, context) {
      const conditions = priceConditions({
        id: idList('Price', filter?.id, 'filter.id'),
        variantId: idValue('Variant', filter?.variantId, 'filter.variantId'),
        productId: idValue('Product', filter?.productId, 'filter.productId'),
        paymentType: filter?.paymentType,
        archived: filter?.archived,
        visible: filter?.visible,
        key: textValue(filter?.key, 'filter.key'),
        createdAt: timeRange(filter?.createdAt, 'filter.createdAt'),
        updatedAt: timeRange(filter?.updatedAt, 'filter.updatedAt'),
      })
      return readConnection(context, listedPrices, sortOf(sort), page, conditions)
    },
  }),
}))
