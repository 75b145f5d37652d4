import { PriceRef } from '../catalog/price-refs.ts'
import { ProductRef } from '../catalog/product-refs.ts'
import { VariantRef } from '../catalog/variant-refs.ts'
import { builder } from '../graphql/builder.ts'
import { globalId, NodeInterface } from '../graphql/node.ts'
import { OrderLineItemRef, OrderRef } from './order-refs.ts'

builder.objectType(OrderLineItemRef, {
  description: 'A line of an order: how many of a variant at which price.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('OrderLineItem')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows.' }),
    order: t.field({
      type: OrderRef,
      description: 'The order it belongs to.',
      columns: ['order_id'],
      resolve: line => line.order_id,
    }),
    quantity: t.exposeInt('quantity', { description: 'How many, 1 to 10,000.' }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description:
        'What one cost when the order was made, in the order’s currency; invoices without lines of their own bill it.',
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      scope: 'catalog:read',
      description: 'The product of the variant; null only when the key may not read the catalog.',
      columns: ['product_id'],
      resolve: line => line.product_id,
    }),
    variant: t.field({
      type: VariantRef,
      nullable: true,
      scope: 'catalog:read',
      description: 'What is sold, as it is now; null only when the key may not read the catalog.',
      columns: ['variant_id'],
      resolve: line => line.variant_id,
    }),
    price: t.field({
      type: PriceRef,
      nullable: true,
      scope: 'catalog:read',
      description: 'What it costs, as it is now; null only when the key may not read the catalog.',
      columns: ['price_id'],
      resolve: line => line.price_id,
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the line was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the line last changed.' }),
  }),
})
