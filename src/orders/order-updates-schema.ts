import { subscribeToSubject } from '../events/event-stream-schema.ts'
import { builder } from '../graphql/builder.ts'
import { renewLoaders } from '../graphql/context.ts'
import { idArgument } from '../graphql/node.ts'
import { OrderRef } from './order-refs.ts'

builder.subscriptionFields(t => ({
  orderUpdates: t.field({
    type: OrderRef,
    nullable: true,
    scope: 'orders:read',
    description: 'The order as it is now, then as it is after each event about it; null when the workspace has none.',
    args: { id: t.arg.id({ required: true, description: 'The global id of an order.' }) },
    subscribe: (_root, { id }, context) => subscribeToSubject(context, 'Order', idArgument('Order', id, 'id')),
    resolve(_item, { id }, context) {
      renewLoaders(context)
      return OrderRef.getDataloader(context).load(idArgument('Order', id, 'id'))
    },
  }),
}))
