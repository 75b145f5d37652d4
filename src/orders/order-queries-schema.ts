import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { AmountRange, DateTimeRange } from '../graphql/filter-inputs.ts'
import {
  amountRange,
  badValue,
  boundedList,
  idList,
  idValue,
  textList,
  textValue,
  timeRange,
} from '../graphql/filter-values.ts'
import { idArgument } from '../graphql/node.ts'
import { badUserInput } from '../graphql/request-errors.ts'
import { sortEnum } from '../graphql/sort.ts'
import { BillingStatusEnum, OrderTypeEnum, PaymentProcessorEnum, ServiceStatusEnum } from './order-enums.ts'
import { orderConditions } from './order-filter.ts'
import { OrderRef } from './order-refs.ts'
import { findOrderByExternalId, findOrderByNumber, listedOrders } from './order-store.ts'

/** A list of orders. */
export const OrderConnection = connectionType('Order', OrderRef)

const OrderFilterInput = builder.inputType('OrderFilter', {
  description: 'Narrows a list of orders; several members must all hold; null means the same as absent.',
  fields: t => ({
    id: t.idList({ description: 'Any of these orders, at most 100.' }),
    number: t.stringList({ description: 'Any of these numbers, such as `#1001`.' }),
    externalId: t.stringList({ description: 'Any of these external ids.' }),
    contactId: t.id({ description: 'Orders of this contact.' }),
    orderType: t.field({ type: [OrderTypeEnum], description: 'Any of these types.' }),
    serviceStatus: t.field({ type: [ServiceStatusEnum], description: 'Any of these service statuses.' }),
    billingStatus: t.field({ type: [BillingStatusEnum], description: 'Any of these billing statuses.' }),
    paymentProcessor: t.field({ type: [PaymentProcessorEnum], description: 'Any of these processors.' }),
    liveMode: t.boolean({ description: 'Only live orders, or only test orders.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Created in this stretch of time.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'Last changed in this stretch of time.' }),
    totalAmount: t.field({ type: AmountRange, description: 'Total in this stretch of amounts.' }),
    productId: t.id({ description: 'Orders that sell this product.' }),
    variantId: t.id({ description: 'Orders that sell this variant.' }),
  }),
})

/** The orders that lists of orders can be read in. */
export const { type: OrderSort, sortOf: orderSortOf } = sortEnum('OrderSort', {
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
  TOTAL_AMOUNT: 'total_amount',
})

function orderNumberArgument(number: string, argument: string): string {
  const digits = number.replace(/^#/, '')
  if (!/^[1-9]\d{0,17}$/.test(digits)) throw badValue('Not an order number such as "#1001".', argument)
  return digits
}

builder.queryFields(t => ({
  order: t.field({
    type: OrderRef,
    nullable: true,
    scope: 'orders:read',
    description: 'One order by id, number or external id; null when the workspace has none.',
    args: {
      id: t.arg.id({ description: 'The global id of an order.' }),
      number: t.arg.string({ description: 'The number, such as `#1001`.' }),
      externalId: t.arg.string({ description: 'The external id of an external order.' }),
    },
    resolve(_root, { id, number, externalId }, context) {
      if ([id, number, externalId].filter(argument => argument != null).length !== 1) {
        throw badUserInput('Give exactly one of id, number and externalId.', 'id')
      }
      if (id != null) return OrderRef.getDataloader(context).load(idArgument('Order', id, 'id'))
      if (number != null) return findOrderByNumber(context.reads, orderNumberArgument(number, 'number'))
      return findOrderByExternalId(context.reads, textValue(externalId, 'externalId') ?? '')
    },
  }),
  orders: t.field({
    type: OrderConnection,
    scope: 'orders:read',
    description: 'The orders of the workspace.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: OrderFilterInput, description: 'Narrows the list.' }),
      sort: t.arg({ type: OrderSort, description: 'The order of the list; default `CREATED_AT_DESC`.' }),
    },
    resolve(_root, { filter, sort, ...page }, context) {
      const { id, number, externalId, contactId, orderType, serviceStatus, billingStatus, paymentProcessor } =
        filter ?? {}
      const { liveMode, createdAt, updatedAt, totalAmount, productId, variantId } = filter ?? {}
      const conditions = orderConditions(context.reads.workspaceId, {
        id: idList('Order', id, 'filter.id'),
        number: boundedList(number, 'filter.number')?.map(one => orderNumberArgument(one, 'filter.number')),
        orderType: boundedList(orderType, 'filter.orderType'),
        serviceStatus: boundedList(serviceStatus, 'filter.serviceStatus'),
        billingStatus: boundedList(billingStatus, 'filter.billingStatus'),
        paymentProcessor: boundedList(paymentProcessor, 'filter.paymentProcessor'),
        liveMode,
        externalId: textList(externalId, 'filter.externalId'),
        contactId: idValue('Contact', contactId, 'filter.contactId'),
        createdAt: timeRange(createdAt, 'filter.createdAt'),
        updatedAt: timeRange(updatedAt, 'filter.updatedAt'),
        totalAmount: amountRange(totalAmount, 'filter.totalAmount'),
        productId: idValue('Product', productId, 'filter.productId'),
        variantId: idValue('Variant', variantId, 'filter.variantId'),
      })
      return readConnection(context, listedOrders, orderSortOf(sort), page, conditions)
    },
  }),
}))
