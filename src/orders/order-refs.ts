import { nodeRef } from '../graphql/node.ts'
import { loadLineItems } from './line-item-store.ts'
import { loadOrders } from './order-store.ts'

/** The GraphQL type of an order, for the modules that point to it. */
export const OrderRef = nodeRef('Order', { scope: 'orders:read', table: 'orders', load: loadOrders })

/** The GraphQL type of an order's line item. */
export const OrderLineItemRef = nodeRef('OrderLineItem', {
  scope: 'orders:read',
  table: 'order_line_items',
  load: loadLineItems,
})
