import { nodeRef } from '../graphql/node.ts'
import { loadInvoiceLines } from './invoice-line-store.ts'
import { loadInvoices } from './invoice-store.ts'

/** The GraphQL type of an invoice, for the modules that point to it. */
export const InvoiceRef = nodeRef('Invoice', { scope: 'orders:read', table: 'invoices', load: loadInvoices })

/** The GraphQL type of an invoice's line item. */
export const InvoiceLineItemRef = nodeRef('InvoiceLineItem', {
  scope: 'orders:read',
  table: 'invoice_line_items',
  load: loadInvoiceLines,
})
