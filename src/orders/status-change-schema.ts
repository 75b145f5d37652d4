import { statusChangeFields } from '../events/status-change-schema.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs } from '../graphql/connection.ts'
import { relatedConnection } from '../graphql/related-connection.ts'
import { ServiceStatusEnum } from './order-enums.ts'
import { OrderRef } from './order-refs.ts'
import { listedOrderStatusChanges, type OrderStatusChangeRow } from './status-change-store.ts'

const statusChangesOf = relatedConnection(listedOrderStatusChanges, { column: 'order_id' })

const oldestFirst = { column: 'id', descending: false }

const OrderStatusChangeRef = builder.objectRef<OrderStatusChangeRow>('OrderStatusChange').implement({
  description: 'One step of the service status of an order.',
  fields: t => ({
    from: t.expose('from_status', {
      type: ServiceStatusEnum,
      nullable: true,
      description: 'The status before; null when the order was created with it.',
    }),
    to: t.expose('to_status', { type: ServiceStatusEnum, description: 'The status after.' }),
    ...statusChangeFields(t),
  }),
})

builder.objectField(OrderRef, 'statusChanges', t =>
  t.field({
    type: connectionType('OrderStatusChange', OrderStatusChangeRef),
    description: 'The service statuses the order went through, oldest first.',
    args: pageArgs(t),
    columns: [],
    resolve: (order, page, context) => statusChangesOf(context, order.id, oldestFirst, page),
  }),
)
