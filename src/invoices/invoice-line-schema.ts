import { IntervalEnum, PaymentTypeEnum } from '../catalog/catalog-enums.ts'
import { PriceRef } from '../catalog/price-refs.ts'
import { ProductRef } from '../catalog/product-refs.ts'
import { VariantRef } from '../catalog/variant-refs.ts'
import { builder } from '../graphql/builder.ts'
import { globalId, NodeInterface } from '../graphql/node.ts'
import { lineFulfillmentStatus } from './invoice.ts'
import { LineFulfillmentStatusEnum } from './invoice-enums.ts'
import { InvoiceLineItemRef, InvoiceRef } from './invoice-refs.ts'

builder.objectType(InvoiceLineItemRef, {
  description: 'A line of an invoice: a copy of what was sold, made when the invoice was issued.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('InvoiceLineItem')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows.' }),
    invoice: t.field({
      type: InvoiceRef,
      description: 'The invoice it belongs to.',
      columns: ['invoice_id'],
      resolve: line => line.invoice_id,
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Text of the line; null when there is none.',
    }),
    quantity: t.exposeInt('quantity', { description: 'How many, 1 to 10,000.' }),
    amount: t.expose('amount', { type: 'Decimal', description: 'Amount of one, in the invoice’s currency.' }),
    variantName: t.exposeString('variant_name', {
      description: 'What the variant was called when the invoice was issued.',
    }),
    variantDescription: t.exposeString('variant_description', {
      nullable: true,
      description: 'The variant’s description then; null without one.',
    }),
    variantSku: t.exposeString('variant_sku', {
      nullable: true,
      description: 'The variant’s stock keeping unit then; null without one.',
    }),
    fulfillmentRequired: t.exposeBoolean('variant_fulfillment_required', {
      description: 'Whether the variant had to be shipped then.',
    }),
    fulfillmentStatus: t.field({
      type: LineFulfillmentStatusEnum,
      description: 'How much of the line was shipped; `IGNORED` where nothing is to be shipped.',
      columns: ['variant_fulfillment_required'],
      resolve: lineFulfillmentStatus,
    }),
    priceAmount: t.expose('price_amount', {
      type: 'Decimal',
      description: 'What the price was then, in the invoice’s currency.',
    }),
    pricePaymentType: t.expose('price_payment_type', {
      type: PaymentTypeEnum,
      description: 'How the price was paid then.',
    }),
    priceInterval: t.expose('price_interval', {
      type: IntervalEnum,
      nullable: true,
      description: 'The billing interval then; null for a one-time price.',
    }),
    priceIntervalCount: t.exposeInt('price_interval_count', {
      nullable: true,
      description: 'Intervals between two charges then; null for a one-time price.',
    }),
    priceDuration: t.exposeInt('price_duration', {
      nullable: true,
      description: 'Number of charges then; null: without end, or a one-time price.',
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      scope: 'catalog:read',
      description: 'The product as it is now; null only when the key may not read the catalog.',
      columns: ['product_id'],
      resolve: line => line.product_id,
    }),
    variant: t.field({
      type: VariantRef,
      nullable: true,
      scope: 'catalog:read',
      description: 'The variant as it is now; null only when the key may not read the catalog.',
      columns: ['variant_id'],
      resolve: line => line.variant_id,
    }),
    price: t.field({
      type: PriceRef,
      nullable: true,
      scope: 'catalog:read',
      description: 'The price as it is now; null only when the key may not read the catalog.',
      columns: ['price_id'],
      resolve: line => line.price_id,
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the line was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the line last changed.' }),
  }),
})
