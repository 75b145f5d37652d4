/** Every event type of the order domain, its subject and when it fires (domain 10.2). */
export const eventTypes = {
  'contact.created': { subject: 'Contact', firesWhen: 'contact created' },
  'contact.updated': { subject: 'Contact', firesWhen: 'contact updated' },
  'contact.deleted': { subject: 'Contact', firesWhen: 'contact deleted' },
  'contact.identified': { subject: 'Contact', firesWhen: 'anonymous contact gets email and/or phone' },
  'contacts/applied_tag.created': { subject: 'Contacts::AppliedTag', firesWhen: 'tag applied' },
  'contacts/applied_tag.deleted': { subject: 'Contacts::AppliedTag', firesWhen: 'tag removed' },
  'order.created': { subject: 'Order', firesWhen: 'order created' },
  'order.updated': { subject: 'Order', firesWhen: 'order updated' },
  'order.deleted': { subject: 'Order', firesWhen: 'order deleted' },
  'order.completed': { subject: 'Order', firesWhen: 'one-time order paid, or subscription service period ran out' },
  'one-time-order.completed': { subject: 'Order', firesWhen: 'one-time order completed (paid)' },
  'one_time_order.refunded': { subject: 'Order', firesWhen: 'refund issued for a one-time order' },
  'subscription.activated': { subject: 'Order', firesWhen: 'first activation' },
  'subscription.reactivated': { subject: 'Order', firesWhen: 'canceled or churned back to active' },
  'subscription.canceled': { subject: 'Order', firesWhen: 'canceled' },
  'subscription.churned': { subject: 'Order', firesWhen: 'churned' },
  'subscription.completed': { subject: 'Order', firesWhen: 'service period ran out without cancel' },
  'subscription.modified': { subject: 'Order', firesWhen: 'modified' },
  'subscription.upgraded': { subject: 'Order', firesWhen: 'changed to higher value product' },
  'subscription.downgraded': { subject: 'Order', firesWhen: 'changed to smaller value product' },
  'subscription.line_items.changed': { subject: 'Order', firesWhen: 'any line item changed' },
  'subscription.first_payment_received': { subject: 'Order', firesWhen: 'first non-setup non-trial payment' },
  'subscription.trial_started': { subject: 'Order', firesWhen: 'in_trial becomes true' },
  'subscription.trial_ended': { subject: 'Order', firesWhen: 'in_trial becomes false' },
  'subscription.trial_converted': { subject: 'Order', firesWhen: 'trial converted, order active' },
  'orders/invoice.created': { subject: 'Orders::Invoice', firesWhen: 'created' },
  'orders/invoice.updated': { subject: 'Orders::Invoice', firesWhen: 'updated' },
  'orders/invoice.paid': { subject: 'Orders::Invoice', firesWhen: 'status becomes paid, any order type' },
  'orders/invoice.refunded': { subject: 'Orders::Invoice', firesWhen: 'refunded' },
  'orders/invoice.past_due': { subject: 'Orders::Invoice', firesWhen: 'enters past-due' },
  'orders/invoice.abandoned': { subject: 'Orders::Invoice', firesWhen: 'abandoned' },
  'orders/invoice.reissued': { subject: 'Orders::Invoice', firesWhen: 'reissued' },
  'orders/invoice.voided': { subject: 'Orders::Invoice', firesWhen: 'status set to voided' },
  'orders/invoice.fulfilled': { subject: 'Orders::Invoice', firesWhen: 'all line items fulfilled' },
  'one-time-order.invoice.paid': { subject: 'Orders::Invoice', firesWhen: 'invoice of a one-time order paid' },
  'subscription.invoice.paid': { subject: 'Orders::Invoice', firesWhen: 'invoice of a subscription order paid' },
  'renewal-invoice-payment-declined': { subject: 'Orders::Invoice', firesWhen: 'renewal charge declined' },
  'orders/transaction.created': { subject: 'Orders::Transaction', firesWhen: 'transaction created' },
  'fulfillment.created': { subject: 'Fulfillment', firesWhen: 'fulfillment created' },
  'orders/invoices/restock.created': { subject: 'Orders::Invoices::Restock', firesWhen: 'restock created' },
  'product.created': { subject: 'Product', firesWhen: 'product created' },
  'products/variant.created': { subject: 'Products::Variant', firesWhen: 'variant created' },
  'orders/transaction.updated': { subject: 'Orders::Transaction', firesWhen: 'transaction updated' },
  'fulfillment.updated': { subject: 'Fulfillment', firesWhen: 'fulfillment updated' },
  'orders/invoices/restock.updated': { subject: 'Orders::Invoices::Restock', firesWhen: 'restock updated' },
  'product.updated': { subject: 'Product', firesWhen: 'product updated' },
  'products/variant.updated': { subject: 'Products::Variant', firesWhen: 'variant updated' },
  'courses/enrollment.created': { subject: 'Courses::Enrollment', firesWhen: 'enrollment created' },
  'courses/enrollment.updated': { subject: 'Courses::Enrollment', firesWhen: 'enrollment updated' },
  'courses/enrollment.deleted': { subject: 'Courses::Enrollment', firesWhen: 'enrollment deleted' },
  'courses/enrollment.suspended': { subject: 'Courses::Enrollment', firesWhen: 'enrollment suspended' },
  'courses/enrollment.course_completed': { subject: 'Courses::Enrollment', firesWhen: 'enrollment course_completed' },
  // Not ClickFunnels': extensions of this gateway.
  'webhooks/outgoing/endpoint.disabled': {
    subject: 'Webhooks::Outgoing::Endpoint',
    firesWhen:
      'the gateway disabled a webhook endpoint after five days of failure or a 410 (an extension of this gateway, unknown to ClickFunnels)',
  },
} as const
export type EventType = keyof typeof eventTypes

/** ClickFunnels' class name of what an event is about. */
export type SubjectType = (typeof eventTypes)[EventType]['subject']

/** ClickFunnels' webhook body version that `data` is written in. */
export const apiVersion = 2
