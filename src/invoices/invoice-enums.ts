import { enumOf } from '../graphql/enum.ts'

/** Invoice statuses as GraphQL has them. */
export const InvoiceStatusEnum = enumOf(
  'InvoiceStatus',
  'How the money of an invoice stands. External invoices are unpaid, past due, paid, voided, refunded or disputed.',
  {
    draft: 'Not issued yet.',
    unpaid: 'Issued, not paid.',
    'partially-paid': 'A part was paid.',
    paid: 'Paid in full.',
    'past-due': 'Not paid in time.',
    abandoned: 'Collection was given up.',
    voided: 'Declared void; it keeps its number and amounts.',
    'partially-refunded': 'A part was paid back.',
    refunded: 'Paid back in full.',
    disputed: 'The payment is disputed.',
  },
)

/** Invoice types as GraphQL has them. */
export const InvoiceTypeEnum = enumOf(
  'InvoiceType',
  'What an invoice bills. One-time orders have one-time sales only.',
  {
    initial: 'The first invoice of a subscription.',
    renewal: 'A later billing cycle of a subscription.',
    interim: 'Something between two billing cycles.',
    cancellation: 'A cancellation.',
    one_time: 'A one-time charge of a subscription.',
    refund: 'A refund.',
    charge: 'A charge.',
    one_time_sale: 'The sale of a one-time order.',
  },
)

/** Fulfillment statuses of invoices as GraphQL has them. */
export const InvoiceFulfillmentStatusEnum = enumOf(
  'InvoiceFulfillmentStatus',
  'How much of what an invoice bills was shipped.',
  {
    not_applicable: 'Nothing is to be shipped, or not yet: it is not paid.',
    unfulfilled: 'Nothing was shipped yet.',
    partial: 'A part was shipped.',
    complete: 'Everything was shipped.',
  },
)

/** Fulfillment statuses of invoice lines as GraphQL has them. */
export const LineFulfillmentStatusEnum = enumOf(
  'InvoiceLineItemFulfillmentStatus',
  'How much of a line of an invoice was shipped.',
  {
    unfulfilled: 'Nothing was shipped yet.',
    partially_fulfilled: 'Fewer were shipped than were sold.',
    complete: 'As many were shipped as were sold.',
    ignored: 'It needs no shipping.',
  },
)
