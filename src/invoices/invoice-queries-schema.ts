import { equals, oneOf, within } from '../database/conditions.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { boundedList, idList, idValue, textList, textValue, timeRange } from '../graphql/filter-values.ts'
import { idArgument } from '../graphql/node.ts'
import { badUserInput } from '../graphql/request-errors.ts'
import { sortEnum } from '../graphql/sort.ts'
import { InvoiceStatusEnum, InvoiceTypeEnum } from './invoice-enums.ts'
import { InvoiceRef } from './invoice-refs.ts'
import { findInvoiceByExternalId, findInvoiceByNumber, listedInvoices, ofLiveMode } from './invoice-store.ts'

/** A list of invoices. */
export const InvoiceConnection = connectionType('Invoice', InvoiceRef)

const InvoiceFilterInput = builder.inputType('InvoiceFilter', {
  description: 'Narrows a list of invoices; several members must all hold; null means the same as absent.',
  fields: t => ({
    id: t.idList({ description: 'Any of these invoices, at most 100.' }),
    status: t.field({ type: [InvoiceStatusEnum], description: 'Any of these statuses.' }),
    invoiceType: t.field({ type: [InvoiceTypeEnum], description: 'Any of these types.' }),
    number: t.stringList({ description: 'Any of these numbers.' }),
    externalId: t.stringList({ description: 'Any of these external ids.' }),
    orderId: t.id({ description: 'Invoices of this order.' }),
    liveMode: t.boolean({ description: 'Only invoices of live orders, or only of test orders.' }),
    issuedAt: t.field({ type: DateTimeRange, description: 'Issued in this stretch of time.' }),
    dueAt: t.field({ type: DateTimeRange, description: 'Due in this stretch of time.' }),
    paidAt: t.field({ type: DateTimeRange, description: 'Paid in this stretch of time.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Created in this stretch of time.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'Last changed in this stretch of time.' }),
  }),
})

/** The orders that lists of invoices can be read in. */
export const { type: InvoiceSort, sortOf: invoiceSortOf } = sortEnum('InvoiceSort', {
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
  ISSUED_AT: 'issued_at',
})

builder.queryFields(t => ({
  invoice: t.field({
    type: InvoiceRef,
    nullable: true,
    scope: 'orders:read',
    description: 'One invoice by id, number or external id; null when the workspace has none.',
    args: {
      id: t.arg.id({ description: 'The global id of an invoice.' }),
      number: t.arg.string({ description: 'The number in the books.' }),
      externalId: t.arg.string({ description: 'The external id of an external invoice.' }),
    },
    resolve(_root, { id, number, externalId }, context) {
      if ([id, number, externalId].filter(argument => argument != null).length !== 1) {
        throw badUserInput('Give exactly one of id, number and externalId.', 'id')
      }
      if (id != null) return InvoiceRef.getDataloader(context).load(idArgument('Invoice', id, 'id'))
      if (number != null) return findInvoiceByNumber(context.reads, textValue(number, 'number') ?? '')
      return findInvoiceByExternalId(context.reads, textValue(externalId, 'externalId') ?? '')
    },
  }),
  invoices: t.field({
    type: InvoiceConnection,
    scope: 'orders:read',
    description: 'The invoices of the workspace.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: InvoiceFilterInput, description: 'Narrows the list.' }),
      sort: t.arg({ type: InvoiceSort, description: 'The order of the list; default `CREATED_AT_DESC`.' }),
    },
    resolve(_root, { filter, sort, ...page }, context) {
      const conditions = [
        ...oneOf('id', idList('Invoice', filter?.id, 'filter.id')),
        ...oneOf('status', boundedList(filter?.status, 'filter.status')),
        ...oneOf('invoice_type', boundedList(filter?.invoiceType, 'filter.invoiceType')),
        ...oneOf('number', textList(filter?.number, 'filter.number')),
        ...oneOf('external_id', textList(filter?.externalId, 'filter.externalId')),
        ...equals('order_id', idValue('Order', filter?.orderId, 'filter.orderId')),
        ...ofLiveMode(context.reads.workspaceId, filter?.liveMode),
        ...within('issued_at', timeRange(filter?.issuedAt, 'filter.issuedAt')),
        ...within('due_at', timeRange(filter?.dueAt, 'filter.dueAt')),
        ...within('paid_at', timeRange(filter?.paidAt, 'filter.paidAt')),
        ...within('created_at', timeRange(filter?.createdAt, 'filter.createdAt')),
        ...within('updated_at', timeRange(filter?.updatedAt, 'filter.updatedAt')),
      ]
      return readConnection(context, listedInvoices, invoiceSortOf(sort), page, conditions)
    },
  }),
}))
