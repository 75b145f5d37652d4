import { type EventType, eventTypes } from './event.ts'

const groups = {
  CONTACT: { about: 'contacts and their tags', has: (type: string) => /^contacts?[./]/.test(type) },
  ORDER: { about: 'orders, subscriptions included', has: (_type: string, subject: string) => subject === 'Order' },
  SUBSCRIPTION: {
    about: 'subscriptions: every type that begins with `subscription.`',
    has: (type: string) => type.startsWith('subscription.'),
  },
  INVOICE: { about: 'invoices', has: (_type: string, subject: string) => subject === 'Orders::Invoice' },
  PRODUCT: {
    about: 'products and their variants',
    has: (_type: string, subject: string) => subject === 'Product' || subject === 'Products::Variant',
  },
}

/** A group of event types. */
export type EventGroup = keyof typeof groups

/** What the types of each group are about, in words. */
export const eventGroups = Object.fromEntries(
  Object.entries(groups).map(([group, { about }]) => [group, `Every type about ${about}.`]),
) as Record<EventGroup, string>

/** The event types of a group. */
export function typesOfGroup(group: EventGroup): EventType[] {
  const entries = Object.entries(eventTypes) as [EventType, { subject: string }][]
  return entries.flatMap(([type, { subject }]) => (groups[group].has(type, subject) ? [type] : []))
}
