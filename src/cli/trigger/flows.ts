import type { EventType } from '../../events/event.ts'
import { describeVariant, knownProduct, newProduct, retitleProduct } from './catalog-steps.ts'
import { anonymousContact, identifyContact, knownContact, newContact, renameContact } from './contact-steps.ts'
import { addShipping, becomes, noteOrder, oneTimeOrder, subscription, turns, unpaidInvoice } from './order-steps.ts'
import type { Stage } from './stage.ts'

/** Something that a flow does. */
export type Step = (stage: Stage) => Promise<void>

const paidOnce = [oneTimeOrder, unpaidInvoice, turns('PAID')]
const refundedOnce = [...paidOnce, turns('REFUNDED')]
const paidSubscription = [subscription, unpaidInvoice, turns('PAID')]
const active = [subscription, becomes('ACTIVE')]
const canceled = [...active, becomes('CANCELED')]

const onlyProcessor = 'only a payment processor causes it, and orders made here are external'
const fixedLines = 'the lines of an external order are fixed'
const noTrials = 'external orders have no trials'
const noTags = 'the API does not tag contacts yet'
const noTransactions = 'the API has no transactions yet'
const noFulfillments = 'the API has no fulfillments yet'
const noRestocks = 'the API has no restocks yet'
const noEnrollments = 'the API has no enrollments yet'

/** What causes each event type, step by step; or why nothing that the API offers does. */
export const flows: Record<EventType, readonly Step[] | string> = {
  'contact.created': [newContact],
  'contact.updated': [knownContact, renameContact],
  'contact.deleted': 'the API deletes no contacts yet',
  'contact.identified': [anonymousContact, identifyContact],
  'contacts/applied_tag.created': noTags,
  'contacts/applied_tag.deleted': noTags,
  'order.created': [oneTimeOrder],
  'order.updated': [oneTimeOrder, noteOrder],
  'order.deleted': 'the API deletes no orders',
  'order.completed': paidOnce,
  'one-time-order.completed': paidOnce,
  'one_time_order.refunded': refundedOnce,
  'subscription.activated': active,
  'subscription.reactivated': [...canceled, becomes('ACTIVE')],
  'subscription.canceled': canceled,
  'subscription.churned': [...canceled, becomes('CHURNED')],
  'subscription.completed': [...active, becomes('COMPLETED')],
  'subscription.modified': onlyProcessor,
  'subscription.upgraded': fixedLines,
  'subscription.downgraded': fixedLines,
  'subscription.line_items.changed': fixedLines,
  'subscription.first_payment_received': paidSubscription,
  'subscription.trial_started': noTrials,
  'subscription.trial_ended': noTrials,
  'subscription.trial_converted': noTrials,
  'orders/invoice.created': [oneTimeOrder, unpaidInvoice],
  'orders/invoice.updated': [oneTimeOrder, unpaidInvoice, addShipping],
  'orders/invoice.paid': paidOnce,
  'orders/invoice.refunded': refundedOnce,
  'orders/invoice.past_due': [oneTimeOrder, unpaidInvoice, turns('PAST_DUE')],
  'orders/invoice.abandoned': onlyProcessor,
  'orders/invoice.reissued': onlyProcessor,
  'orders/invoice.voided': [oneTimeOrder, unpaidInvoice, turns('VOIDED')],
  'orders/invoice.fulfilled': noFulfillments,
  'one-time-order.invoice.paid': paidOnce,
  'subscription.invoice.paid': paidSubscription,
  'renewal-invoice-payment-declined': onlyProcessor,
  'orders/transaction.created': noTransactions,
  'fulfillment.created': noFulfillments,
  'orders/invoices/restock.created': noRestocks,
  'product.created': [newProduct],
  'products/variant.created': [newProduct],
  'orders/transaction.updated': noTransactions,
  'fulfillment.updated': noFulfillments,
  'orders/invoices/restock.updated': noRestocks,
  'product.updated': [knownProduct, retitleProduct],
  'products/variant.updated': [knownProduct, describeVariant],
  'courses/enrollment.created': noEnrollments,
  'courses/enrollment.updated': noEnrollments,
  'courses/enrollment.deleted': noEnrollments,
  'courses/enrollment.suspended': noEnrollments,
  'courses/enrollment.course_completed': noEnrollments,
  'webhooks/outgoing/endpoint.disabled': 'the gateway does it after five days of failure or a 410 of a receiver',
}
