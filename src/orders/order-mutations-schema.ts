import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, payloadType } from '../graphql/mutation.ts'
import { commonErrors } from '../graphql/user-error.ts'
import { createOrder } from './create-order.ts'
import { CancelReasonEnum, OrderTypeEnum, ServiceStatusEnum } from './order-enums.ts'
import { ExternalIdTaken, InvalidTransition, NotExternal, VersionConflict } from './order-errors.ts'
import { OrderRef } from './order-refs.ts'
import { setOrderServiceStatus } from './set-order-service-status.ts'
import { updateOrder } from './update-order.ts'

const member = { member: 'order', type: OrderRef, scope: 'orders:read' } as const

/** Names an order in the inputs of mutations. */
export const OrderReferenceInput = builder.inputType('OrderReference', {
  description: 'Names an order by exactly one of its members.',
  fields: t => ({
    id: t.id({ description: 'Its global id.' }),
    externalId: t.string({ description: 'The external id of an external order.' }),
    number: t.string({ description: 'Its number, such as `#1001`.' }),
  }),
})

const ContactReferenceInput = builder.inputType('ContactReference', {
  description: 'Names a contact, which must exist; the id wins where both are given.',
  fields: t => ({
    id: t.id({ description: 'Its global id.' }),
    emailAddress: t.string({ description: 'Its e-mail address, in whatever case.' }),
  }),
})

const OrderLineItemInput = builder.inputType('OrderLineItemInput', {
  description: 'A line of a new order.',
  fields: t => ({
    variantId: t.id({ required: true, description: 'The global id of the variant to sell; not archived.' }),
    priceId: t.id({ required: true, description: 'The global id of a price of that variant’s product; not archived.' }),
    quantity: t.int({ required: true, description: 'How many, 1 to 10,000.' }),
  }),
})

const cancellationFields = (t: InputFields) => ({
  canceledAt: t.field({ type: 'DateTime', description: 'When the subscription was canceled.' }),
  canceledBy: t.string({ description: 'Who canceled it.' }),
  cancelReason: t.field({
    type: CancelReasonEnum,
    description: 'Why it was canceled; `OTHER` where a cancellation gives none.',
  }),
  cancelDescription: t.string({ description: 'The reason in words, at most 10,000 characters.' }),
  churnedAt: t.field({ type: 'DateTime', description: 'When its service ended.' }),
})

const writableFields = (t: InputFields) => ({
  notes: t.string({ description: 'Internal notes, at most 10,000 characters.' }),
  externalId: t.string({ description: 'Your own id of the order, unique among external orders.' }),
  activatedAt: t.field({ type: 'DateTime', description: 'When the subscription became active.' }),
  nextChargeAt: t.field({ type: 'DateTime', description: 'When the next charge is due.' }),
  ...cancellationFields(t),
  shippingAddressFirstName: t.string({
    description: 'Without first name, last name or phone number all three come from the contact’s default address.',
  }),
  shippingAddressLastName: t.string({ description: 'See `shippingAddressFirstName`.' }),
  shippingAddressOrganizationName: t.string({ description: 'Organization.' }),
  shippingAddressPhoneNumber: t.string({ description: 'See `shippingAddressFirstName`.' }),
  shippingAddressStreetOne: t.string({ description: 'First line of the street.' }),
  shippingAddressStreetTwo: t.string({ description: 'Second line of the street.' }),
  shippingAddressCity: t.string({ description: 'City.' }),
  shippingAddressRegion: t.string({ description: 'State or province.' }),
  shippingAddressCountry: t.string({
    description: 'Without a country the whole place comes from the contact’s default address.',
  }),
  shippingAddressPostalCode: t.string({ description: 'Postal code.' }),
  billingAddressStreetOne: t.string({ description: 'First line of the street.' }),
  billingAddressStreetTwo: t.string({ description: 'Second line of the street.' }),
  billingAddressCity: t.string({ description: 'City.' }),
  billingAddressRegion: t.string({ description: 'State or province.' }),
  billingAddressCountry: t.string({ description: 'Country.' }),
  billingAddressPostalCode: t.string({ description: 'Postal code.' }),
})

const changeFields = (t: InputFields) => ({
  expectedVersion: t.int({ description: 'Refuses with VersionConflict when the version is another one by now.' }),
  idempotencyKey: t.string({ description: idempotencyKeyDescription }),
})

const CreateOrderInput = builder.inputType('CreateOrderInput', {
  description: 'A new external order.',
  fields: t => ({
    contact: t.field({ type: ContactReferenceInput, required: true, description: 'The customer.' }),
    lineItems: t.field({ type: [OrderLineItemInput], required: true, description: 'What is sold, 1 to 100 lines.' }),
    orderType: t.field({
      type: OrderTypeEnum,
      description: 'Follows from the prices; where given, it must agree with them.',
    }),
    liveMode: t.boolean({ required: true, description: 'False makes a test order.' }),
    serviceStatus: t.field({ type: ServiceStatusEnum, description: 'The status it starts in; default `PENDING`.' }),
    ...writableFields(t),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
})

const UpdateOrderInput = builder.inputType('UpdateOrderInput', {
  description: 'Changes to an order: what is absent stays, null clears. Lines of external orders are fixed.',
  fields: t => ({
    order: t.field({ type: OrderReferenceInput, required: true, description: 'The order.' }),
    ...writableFields(t),
    ...changeFields(t),
  }),
})

const SetOrderServiceStatusInput = builder.inputType('SetOrderServiceStatusInput', {
  description: 'A flip of the service status.',
  fields: t => ({
    order: t.field({ type: OrderReferenceInput, required: true, description: 'The order.' }),
    status: t.field({
      type: ServiceStatusEnum,
      required: true,
      description: 'One of the order’s `allowedTransitions`.',
    }),
    ...cancellationFields(t),
    ...changeFields(t),
  }),
})

builder.mutationFields(t => ({
  createOrder: t.field({
    type: payloadType('CreateOrderPayload', 'The order that was created.', member),
    scope: 'orders:write',
    description: 'Creates an external order. Events: `order.created`, then those of the service status it starts in.',
    args: { input: t.arg({ type: CreateOrderInput, required: true, description: 'The order.' }) },
    errors: { types: [...commonErrors, ExternalIdTaken] },
    resolve: (_root, { input }, context) => answer(context, createOrder(context.commands, input)),
  }),
  updateOrder: t.field({
    type: payloadType('UpdateOrderPayload', 'The order that was changed.', member),
    scope: 'orders:write',
    description: 'Changes an order; one of a processor takes notes only. Event, if anything changed: `order.updated`.',
    args: { input: t.arg({ type: UpdateOrderInput, required: true, description: 'The changes.' }) },
    errors: { types: [...commonErrors, VersionConflict, ExternalIdTaken, NotExternal] },
    resolve: (_root, { input }, context) => answer(context, updateOrder(context.commands, input)),
  }),
  setOrderServiceStatus: t.field({
    type: payloadType('SetOrderServiceStatusPayload', 'The order whose status was flipped.', member),
    scope: 'orders:write',
    description:
      'Flips the service status of an external order. Events: `order.updated`, then those of the new status.',
    args: { input: t.arg({ type: SetOrderServiceStatusInput, required: true, description: 'The flip.' }) },
    errors: { types: [...commonErrors, InvalidTransition, VersionConflict, NotExternal] },
    resolve: (_root, { input }, context) => answer(context, setOrderServiceStatus(context.commands, input)),
  }),
}))
