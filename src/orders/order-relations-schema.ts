import { PriceRef } from '../catalog/price-refs.ts'
import { ProductRef } from '../catalog/product-refs.ts'
import { VariantRef } from '../catalog/variant-refs.ts'
import { ContactRef } from '../contacts/contact-refs.ts'
import { builder } from '../graphql/builder.ts'
import { pageArgs } from '../graphql/connection.ts'
import { relatedConnection } from '../graphql/related-connection.ts'
import { OrderConnection, OrderSort, orderSortOf } from './order-queries-schema.ts'
import { listedOrders } from './order-store.ts'

const ordersOfContact = relatedConnection(listedOrders, { column: 'contact_id' })

builder.objectField(ContactRef, 'orders', t =>
  t.field({
    type: OrderConnection,
    nullable: true,
    scope: 'orders:read',
    description: 'The orders of the contact; null only when the key may not read orders.',
    args: { ...pageArgs(t), sort: t.arg({ type: OrderSort, description: 'Default `CREATED_AT_DESC`.' }) },
    columns: [],
    resolve: (contact, { sort, ...page }, context) => ordersOfContact(context, contact.id, orderSortOf(sort), page),
  }),
)

// Read along the index of the pairs, so that a product nobody buys costs no more than one that everybody does.
const newestFirst = { column: 'id', descending: true }

for (const [ref, column, what] of [
  [ProductRef, 'product_id', 'product'],
  [VariantRef, 'variant_id', 'variant'],
  [PriceRef, 'price_id', 'price'],
] as const) {
  const ordersOf = relatedConnection(listedOrders, { through: 'order_line_items', parent: column, child: 'order_id' })
  builder.objectField(ref, 'orders', t =>
    t.field({
      type: OrderConnection,
      nullable: true,
      scope: 'orders:read',
      description: `The orders that have a line with this ${what}, newest first; null only when the key may not read orders.`,
      args: pageArgs(t),
      columns: [],
      resolve: (sold, page, context) => ordersOf(context, sold.id, newestFirst, page),
    }),
  )
}
