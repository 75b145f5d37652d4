import { ContactRef } from '../contacts/contact-refs.ts'
import { atMost } from '../graphql/at-most.ts'
import { builder } from '../graphql/builder.ts'
import { globalId, NodeInterface } from '../graphql/node.ts'
import { children } from '../graphql/relation.ts'
import { writtenColumn } from '../graphql/written-column.ts'
import { WorkspaceRef } from '../workspaces/workspace-schema.ts'
import { loadLineItemsOf } from './line-item-store.ts'
import { allowedServiceTransitions, orderNumber } from './order.ts'
import { BillingStatusEnum, OrderTypeEnum, PaymentProcessorEnum, ServiceStatusEnum } from './order-enums.ts'
import { OrderLineItemRef, OrderRef } from './order-refs.ts'

const lineItemsOf = children(loadLineItemsOf, line => line.order_id)

const atDescription = (what: string) => ({ type: 'DateTime' as const, nullable: true as const, description: what })

builder.objectType(OrderRef, {
  description: 'An order of a contact: what was bought, whether its service runs and how its billing stands.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Order')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows in URLs.' }),
    number: t.string({
      description: 'The order number, `#1001` first, without gaps in the workspace.',
      ...writtenColumn('number', orderNumber),
    }),
    version: t.exposeInt('version', {
      description: 'Goes up by one with every change; give it back as `expectedVersion`.',
    }),
    contact: t.field({
      type: ContactRef,
      nullable: true,
      scope: 'contacts:read',
      description: 'The customer; null only when the key may not read contacts.',
      columns: ['contact_id'],
      resolve: order => order.contact_id,
    }),
    lineItems: t.field({
      type: [OrderLineItemRef],
      complexity: atMost(100),
      description: 'What the order sells, at most 100 lines. Live: invoices keep their own copies.',
      columns: [],
      resolve: (order, _args, context) => lineItemsOf(context, order.id),
    }),
    liveMode: t.exposeBoolean('live_mode', { description: 'False for test orders, which leave analytics alone.' }),
    orderType: t.expose('order_type', { type: OrderTypeEnum, description: 'Follows from the prices of the lines.' }),
    paymentProcessor: t.expose('payment_processor', {
      type: PaymentProcessorEnum,
      description: 'Who collects the money.',
    }),
    serviceStatus: t.expose('service_status', { type: ServiceStatusEnum, description: 'Whether the service runs.' }),
    billingStatus: t.expose('billing_status', {
      type: BillingStatusEnum,
      description: 'The status of the latest invoice; `PENDING` without one.',
    }),
    allowedTransitions: t.field({
      type: [ServiceStatusEnum],
      description: 'The service statuses that `setOrderServiceStatus` can flip to now; none for orders of a processor.',
      columns: ['order_type', 'payment_processor', 'service_status'],
      resolve: order => [...allowedServiceTransitions(order)],
    }),
    totalAmount: t.expose('total_amount', {
      type: 'Decimal',
      description: 'Σ price amount × quantity, in `currency`; setup and trial amounts are not in it.',
    }),
    taxAmount: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Tax in the total, in `currency`; always null: the gateway keeps no tax of its own.',
      columns: [],
      resolve: () => null,
    }),
    workspace: t.field({
      type: WorkspaceRef,
      description: 'The workspace it belongs to: the key’s.',
      columns: ['workspace_id'],
      resolve: order => order.workspace_id,
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code: the workspace’s when the order was made.' }),
    originationChannelType: t.exposeString('origination_channel_type', {
      description: 'What made the order: `Funnel`, `User` or `Platform::Application`.',
    }),
    originationChannelId: t.exposeString('origination_channel_id', {
      description: 'The database id of what made the order.',
    }),
    originationChannelName: t.exposeString('origination_channel_name', {
      nullable: true,
      description: 'The name of what made the order, such as the API key’s; null when it has none.',
    }),
    shippingAddressFirstName: t.exposeString('shipping_address_first_name', {
      nullable: true,
      description: 'Null when unknown.',
    }),
    shippingAddressLastName: t.exposeString('shipping_address_last_name', {
      nullable: true,
      description: 'Null when unknown.',
    }),
    shippingAddressOrganizationName: t.exposeString('shipping_address_organization_name', {
      nullable: true,
      description: 'Null when there is none.',
    }),
    shippingAddressPhoneNumber: t.exposeString('shipping_address_phone_number', {
      nullable: true,
      description: 'Null when unknown.',
    }),
    shippingAddressStreetOne: t.exposeString('shipping_address_street_one', {
      nullable: true,
      description: 'First line of the street; null when unknown.',
    }),
    shippingAddressStreetTwo: t.exposeString('shipping_address_street_two', {
      nullable: true,
      description: 'Second line of the street; null when there is none.',
    }),
    shippingAddressCity: t.exposeString('shipping_address_city', { nullable: true, description: 'Null when unknown.' }),
    shippingAddressRegion: t.exposeString('shipping_address_region', {
      nullable: true,
      description: 'State or province; null when unknown.',
    }),
    shippingAddressCountry: t.exposeString('shipping_address_country', {
      nullable: true,
      description: 'Usually an ISO 3166 code; null when unknown.',
    }),
    shippingAddressPostalCode: t.exposeString('shipping_address_postal_code', {
      nullable: true,
      description: 'Null when unknown.',
    }),
    billingAddressStreetOne: t.exposeString('billing_address_street_one', {
      nullable: true,
      description: 'First line of the street; null when unknown.',
    }),
    billingAddressStreetTwo: t.exposeString('billing_address_street_two', {
      nullable: true,
      description: 'Second line of the street; null when there is none.',
    }),
    billingAddressCity: t.exposeString('billing_address_city', { nullable: true, description: 'Null when unknown.' }),
    billingAddressRegion: t.exposeString('billing_address_region', {
      nullable: true,
      description: 'State or province; null when unknown.',
    }),
    billingAddressCountry: t.exposeString('billing_address_country', {
      nullable: true,
      description: 'Usually an ISO 3166 code; null when unknown.',
    }),
    billingAddressPostalCode: t.exposeString('billing_address_postal_code', {
      nullable: true,
      description: 'Null when unknown.',
    }),
    phoneNumber: t.exposeString('phone_number', { nullable: true, description: 'Null when unknown.' }),
    notes: t.exposeString('notes', { nullable: true, description: 'Internal notes; null when there are none.' }),
    inTrial: t.exposeBoolean('in_trial', { description: 'True while a trial runs.' }),
    trialEndAt: t.expose('trial_end_at', atDescription('When the trial ends; null without one.')),
    activatedAt: t.expose('activated_at', atDescription('When the subscription first became active; null before.')),
    nextChargeAt: t.expose('next_charge_at', atDescription('When the next charge is due; null when unknown.')),
    renewalAt: t.expose('renewal_at', atDescription('When the next billing cycle starts; null when unknown.')),
    paidUntil: t.expose('paid_until', atDescription('Up to when the subscription is paid; null when unknown.')),
    canceledAt: t.expose('canceled_at', atDescription('When it was canceled; null when it was not.')),
    canceledBy: t.exposeString('canceled_by', { nullable: true, description: 'Who canceled it; null when unknown.' }),
    cancelReason: t.exposeString('cancel_reason', {
      nullable: true,
      description:
        'The code of the reason as webhooks show it: for external orders a `CancelReason` in small letters, such as `too_expensive`, for others the processor’s own; null when it was not canceled.',
    }),
    cancelDescription: t.exposeString('cancel_description', {
      nullable: true,
      description: 'The reason in words; null when there is none.',
    }),
    churnedAt: t.expose('churned_at', atDescription('When its service ended; null when it did not.')),
    recurringInvoicesPaidCount: t.exposeInt('recurring_invoices_paid_count', {
      description: 'How many invoices of the subscription were paid.',
    }),
    externalId: t.exposeString('external_id', {
      nullable: true,
      description: 'The client’s own id of the order, unique for its processor; null when none was given.',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the order was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the order last changed.' }),
  }),
})
