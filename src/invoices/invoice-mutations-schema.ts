import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, payloadType } from '../graphql/mutation.ts'
import { commonErrors, UserErrorInterface } from '../graphql/user-error.ts'
import { ExternalIdTaken, InvalidTransition, NotExternal, VersionConflict } from '../orders/order-errors.ts'
import { OrderReferenceInput } from '../orders/order-mutations-schema.ts'
import { createInvoice } from './create-invoice.ts'
import { InvoiceStatusEnum, InvoiceTypeEnum } from './invoice-enums.ts'
import { InvoiceNotEditable, InvoiceNumberTaken } from './invoice-errors.ts'
import { InvoiceRef } from './invoice-refs.ts'
import { setInvoiceStatus } from './set-invoice-status.ts'
import { updateInvoice } from './update-invoice.ts'

builder.objectType(InvoiceNotEditable, {
  name: 'InvoiceNotEditable',
  description: 'Lines, shipping and dates can change only while the invoice is unpaid or past due.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    status: t.expose('status', { type: InvoiceStatusEnum, description: 'The status it has.' }),
  }),
})

builder.objectType(InvoiceNumberTaken, {
  name: 'InvoiceNumberTaken',
  description: 'Another invoice of the workspace has this number.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    existing: t.field({
      type: InvoiceRef,
      nullable: true,
      scope: 'orders:read',
      description: 'The invoice that has it; null when the key may not read invoices.',
      resolve: error => error.existingId,
    }),
  }),
})

const member = { member: 'invoice', type: InvoiceRef, scope: 'orders:read' } as const

const InvoiceReferenceInput = builder.inputType('InvoiceReference', {
  description: 'Names an invoice by exactly one of its members.',
  fields: t => ({
    id: t.id({ description: 'Its global id.' }),
    externalId: t.string({ description: 'The external id of an external invoice.' }),
    number: t.string({ description: 'Its number in the books.' }),
  }),
})

const CreateInvoiceLineItemInput = builder.inputType('CreateInvoiceLineItemInput', {
  description: 'A line of a new invoice.',
  fields: t => ({
    variantId: t.id({
      required: true,
      description: 'The global id of the variant; archived ones, which orders may still have, are billed too.',
    }),
    priceId: t.id({
      required: true,
      description: 'The global id of a price of that variant’s product, archived or not.',
    }),
    quantity: t.int({ required: true, description: 'How many, 1 to 10,000.' }),
    amount: t.field({ type: 'Decimal', description: 'Amount of one; default: the price’s.' }),
    description: t.string({ description: 'Text of the line, at most 10,000 characters.' }),
  }),
})

const UpdateInvoiceLineItemInput = builder.inputType('UpdateInvoiceLineItemInput', {
  description: 'Changes to a line of the invoice; lines can be neither added nor removed.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the line.' }),
    quantity: t.int({ description: 'How many, 1 to 10,000; can’t be null.' }),
    amount: t.field({ type: 'Decimal', description: 'Amount of one; can’t be null.' }),
    description: t.string({ description: 'Text of the line; null clears it.' }),
  }),
})

const changeFields = (t: InputFields) => ({
  expectedVersion: t.int({ description: 'Refuses with VersionConflict when the version is another one by now.' }),
  idempotencyKey: t.string({ description: idempotencyKeyDescription }),
})

const CreateInvoiceInput = builder.inputType('CreateInvoiceInput', {
  description: 'A new invoice against an external order.',
  fields: t => ({
    order: t.field({ type: OrderReferenceInput, required: true, description: 'The order it bills.' }),
    status: t.field({ type: InvoiceStatusEnum, description: 'The status it starts in; default `UNPAID`.' }),
    invoiceType: t.field({
      type: InvoiceTypeEnum,
      description:
        'Default `ONE_TIME_SALE` for a one-time order, the only one it can have, and `INITIAL` for a subscription.',
    }),
    number: t.string({ description: 'A number of your own, free in the workspace; default: the next one.' }),
    externalId: t.string({ description: 'Your own id of the invoice, unique among external invoices.' }),
    shippingAmount: t.field({ type: 'Decimal', description: 'Shipping; default zero.' }),
    issuedAt: t.field({ type: 'DateTime', description: 'Default: now.' }),
    dueAt: t.field({ type: 'DateTime', description: 'When it is to be paid.' }),
    paidAt: t.field({
      type: 'DateTime',
      description: 'When it was paid, at most five minutes ahead; default for a paid invoice: now.',
    }),
    lineItems: t.field({
      type: [CreateInvoiceLineItemInput],
      description: 'What it bills, 1 to 100 lines; default: a copy of the order’s lines.',
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

const UpdateInvoiceInput = builder.inputType('UpdateInvoiceInput', {
  description:
    'Changes to an invoice: what is absent stays, null clears. Lines, shipping and dates only while unpaid or past due.',
  fields: t => ({
    invoice: t.field({ type: InvoiceReferenceInput, required: true, description: 'The invoice.' }),
    number: t.string({ description: 'A number of your own, free in the workspace; can’t be null.' }),
    externalId: t.string({ description: 'Your own id of the invoice, unique among external invoices.' }),
    shippingAmount: t.field({ type: 'Decimal', description: 'Shipping.' }),
    issuedAt: t.field({ type: 'DateTime', description: 'When it was issued; can’t be null.' }),
    dueAt: t.field({ type: 'DateTime', description: 'When it is to be paid.' }),
    lineItems: t.field({
      type: [UpdateInvoiceLineItemInput],
      description: 'Changes to lines; those that are not named stay, so null, like an empty list, changes none.',
    }),
    ...changeFields(t),
  }),
})

const SetInvoiceStatusInput = builder.inputType('SetInvoiceStatusInput', {
  description: 'A flip of the status.',
  fields: t => ({
    invoice: t.field({ type: InvoiceReferenceInput, required: true, description: 'The invoice.' }),
    status: t.field({
      type: InvoiceStatusEnum,
      required: true,
      description: 'One of the invoice’s `allowedTransitions`.',
    }),
    paidAt: t.field({
      type: 'DateTime',
      description:
        'With `PAID`: when it was paid, at most five minutes ahead; default: now, or what it was after a dispute or refund.',
    }),
    dueAt: t.field({ type: 'DateTime', description: 'With `UNPAID`, a reissue: the new due date, required.' }),
    ...changeFields(t),
  }),
})

builder.mutationFields(t => ({
  createInvoice: t.field({
    type: payloadType('CreateInvoicePayload', 'The invoice that was created.', member),
    scope: 'orders:write',
    description:
      'Issues an invoice against an external order. Events: `orders/invoice.created`, then those of its status and what follows for the order.',
    args: { input: t.arg({ type: CreateInvoiceInput, required: true, description: 'The invoice.' }) },
    errors: { types: [...commonErrors, NotExternal, ExternalIdTaken, InvoiceNumberTaken] },
    resolve: (_root, { input }, context) => answer(context, createInvoice(context.commands, input)),
  }),
  updateInvoice: t.field({
    type: payloadType('UpdateInvoicePayload', 'The invoice that was changed.', member),
    scope: 'orders:write',
    description:
      'Changes an external invoice. Events, if anything changed: `orders/invoice.updated`, and `order.updated` if its order changed.',
    args: { input: t.arg({ type: UpdateInvoiceInput, required: true, description: 'The changes.' }) },
    errors: {
      types: [...commonErrors, InvoiceNotEditable, VersionConflict, NotExternal, ExternalIdTaken, InvoiceNumberTaken],
    },
    resolve: (_root, { input }, context) => answer(context, updateInvoice(context.commands, input)),
  }),
  setInvoiceStatus: t.field({
    type: payloadType('SetInvoiceStatusPayload', 'The invoice whose status was flipped.', member),
    scope: 'orders:write',
    description:
      'Flips the status of an external invoice. A paid invoice completes a one-time order. Events: `orders/invoice.updated`, then those of the new status and what follows for the order.',
    args: { input: t.arg({ type: SetInvoiceStatusInput, required: true, description: 'The flip.' }) },
    errors: { types: [...commonErrors, InvalidTransition, VersionConflict, NotExternal] },
    resolve: (_root, { input }, context) => answer(context, setInvoiceStatus(context.commands, input)),
  }),
}))
