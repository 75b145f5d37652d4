import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { builder } from '../graphql/builder.ts'
import { pageArgs } from '../graphql/connection.ts'
import type { Context } from '../graphql/context.ts'
import { relatedConnection } from '../graphql/related-connection.ts'
import { OrderRef } from '../orders/order-refs.ts'
import { InvoiceConnection, InvoiceSort, invoiceSortOf } from './invoice-queries-schema.ts'
import { InvoiceRef } from './invoice-refs.ts'
import { type InvoiceRow, listedInvoices, loadCurrentInvoices } from './invoice-store.ts'

const invoicesOf = relatedConnection(listedInvoices, { column: 'order_id' })

const currentInvoices = createContextCache(
  (context: Context) =>
    new DataLoader<string, InvoiceRow | null>(async orderIds => {
      const byOrder = new Map((await loadCurrentInvoices(context.reads, orderIds)).map(row => [row.order_id, row]))
      return orderIds.map(orderId => byOrder.get(orderId) ?? null)
    }),
)

builder.objectFields(OrderRef, t => ({
  invoices: t.field({
    type: InvoiceConnection,
    description: 'The invoices issued against the order.',
    args: { ...pageArgs(t), sort: t.arg({ type: InvoiceSort, description: 'Default `CREATED_AT_DESC`.' }) },
    columns: [],
    resolve: (order, { sort, ...page }, context) => invoicesOf(context, order.id, invoiceSortOf(sort), page),
  }),
  currentInvoice: t.field({
    type: InvoiceRef,
    nullable: true,
    description:
      'The latest invoice by `issuedAt`, then id; it decides `billingStatus`. Null as long as there is none.',
    columns: [],
    resolve: (order, _args, context) => currentInvoices(context).load(order.id),
  }),
}))
