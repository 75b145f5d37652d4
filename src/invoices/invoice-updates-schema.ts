import { subscribeToSubject } from '../events/event-stream-schema.ts'
import { builder } from '../graphql/builder.ts'
import { renewLoaders } from '../graphql/context.ts'
import { idArgument } from '../graphql/node.ts'
import { InvoiceRef } from './invoice-refs.ts'

builder.subscriptionFields(t => ({
  invoiceUpdates: t.field({
    type: InvoiceRef,
    nullable: true,
    scope: 'orders:read',
    description: 'The invoice as it is now, then as it is after each event about it; null when the workspace has none.',
    args: { id: t.arg.id({ required: true, description: 'The global id of an invoice.' }) },
    subscribe: (_root, { id }, context) =>
      subscribeToSubject(context, 'Orders::Invoice', idArgument('Invoice', id, 'id')),
    resolve(_item, { id }, context) {
      renewLoaders(context)
      return InvoiceRef.getDataloader(context).load(idArgument('Invoice', id, 'id'))
    },
  }),
}))
