import { atMost } from '../graphql/at-most.ts'
import { builder } from '../graphql/builder.ts'
import { globalId, NodeInterface } from '../graphql/node.ts'
import { children } from '../graphql/relation.ts'
import { PaymentProcessorEnum } from '../orders/order-enums.ts'
import { OrderRef } from '../orders/order-refs.ts'
import { allowedInvoiceTransitions, invoiceFulfillmentStatus } from './invoice.ts'
import { InvoiceFulfillmentStatusEnum, InvoiceStatusEnum, InvoiceTypeEnum } from './invoice-enums.ts'
import { loadInvoiceLinesOf } from './invoice-line-store.ts'
import { InvoiceLineItemRef, InvoiceRef } from './invoice-refs.ts'

const linesOf = children(loadInvoiceLinesOf, line => line.invoice_id)

builder.objectType(InvoiceRef, {
  description: 'An invoice issued against an order: a snapshot of what it bills, and how its money stands.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Invoice')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows in URLs.' }),
    number: t.exposeString('number', {
      description: 'The number in the books, unique in the workspace; `1` first where none is given.',
    }),
    version: t.exposeInt('version', {
      description: 'Goes up by one with every change; give it back as `expectedVersion`.',
    }),
    order: t.field({
      type: OrderRef,
      description: 'The order it was issued against.',
      columns: ['order_id'],
      resolve: invoice => invoice.order_id,
    }),
    lineItems: t.field({
      type: [InvoiceLineItemRef],
      complexity: atMost(100),
      description: 'What it bills, at most 100 lines; later changes of order and catalog leave them alone.',
      columns: [],
      resolve: (invoice, _args, context) => linesOf(context, invoice.id),
    }),
    status: t.expose('status', { type: InvoiceStatusEnum, description: 'How its money stands.' }),
    allowedTransitions: t.field({
      type: [InvoiceStatusEnum],
      description: 'The statuses that `setInvoiceStatus` can flip to now; none for invoices of a processor.',
      columns: ['payment_processor', 'status'],
      resolve: invoice => [...allowedInvoiceTransitions(invoice)],
    }),
    invoiceType: t.expose('invoice_type', { type: InvoiceTypeEnum, description: 'What it bills.' }),
    paymentProcessor: t.expose('payment_processor', { type: PaymentProcessorEnum, description: 'That of its order.' }),
    externalId: t.exposeString('external_id', {
      nullable: true,
      description: 'The client’s own id of the invoice, unique for its processor; null when none was given.',
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code, that of its order.' }),
    subtotalAmount: t.expose('subtotal_amount', {
      type: 'Decimal',
      description: 'Σ amount × quantity of its lines, in `currency`.',
    }),
    shippingAmount: t.expose('shipping_amount', { type: 'Decimal', description: 'Shipping, in `currency`.' }),
    totalAmount: t.expose('total_amount', { type: 'Decimal', description: 'Subtotal and shipping, in `currency`.' }),
    dueAmount: t.expose('due_amount', {
      type: 'Decimal',
      description: 'What is still to be paid, in `currency`: the total while unpaid or past due, else zero.',
    }),
    taxAmount: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Tax, in `currency`; always null: the gateway keeps no tax of its own.',
      columns: [],
      resolve: () => null,
    }),
    discountAmount: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Discount, in `currency`; always null: the gateway keeps none, its amounts are after any discount.',
      columns: [],
      resolve: () => null,
    }),
    eligibleForFulfillment: t.boolean({
      description: 'Whether it is paid, so that its lines may be shipped.',
      columns: ['status'],
      resolve: invoice => invoice.status === 'paid',
    }),
    fulfillmentStatus: t.field({
      type: InvoiceFulfillmentStatusEnum,
      description: 'How much of it was shipped; `NOT_APPLICABLE` until it is paid, and where nothing is to be shipped.',
      columns: ['status'],
      loadedColumns: { invoice_line_items: ['variant_fulfillment_required'] },
      resolve: async (invoice, _args, context) => invoiceFulfillmentStatus(invoice, await linesOf(context, invoice.id)),
    }),
    issuedAt: t.expose('issued_at', {
      type: 'DateTime',
      description: 'When it was issued; the latest one decides the order’s billing status.',
    }),
    dueAt: t.expose('due_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is to be paid; null without a date.',
    }),
    paidAt: t.expose('paid_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was paid; null when it never was.',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When it last changed.' }),
  }),
})
