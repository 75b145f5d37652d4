import type { Changes, Snapshot } from '../events/changes.ts'
import type { EventType } from '../events/event.ts'
import type { OrderType, ServiceStatus } from './order.ts'
import type { OrderRow } from './order-store.ts'

type StatusColumns = Partial<
  Pick<OrderRow, 'activated_at' | 'canceled_at' | 'canceled_by' | 'cancel_reason' | 'cancel_description' | 'churned_at'>
>

/**
 * The columns that a new service status brings along where the caller gives none: a canceled order gets its dates and
 * the reason `other` (domain 4.7), an active one the moment it first became so, and a cancellation is revoked by it.
 */
export function columnsOfServiceStatus(
  status: ServiceStatus,
  order: { activated_at: string | null },
  now: string,
): StatusColumns {
  switch (status) {
    case 'canceled':
      return { canceled_at: now, churned_at: now, cancel_reason: 'other' }
    case 'churned':
      return { churned_at: now }
    case 'active':
      return {
        activated_at: order.activated_at ?? now,
        canceled_at: null,
        canceled_by: null,
        cancel_reason: null,
        cancel_description: null,
        churned_at: null,
      }
    case 'pending':
    case 'completed':
    case 'paused':
    case 'suspended':
    case 'abandoned':
    case 'voided':
      return {}
  }
}

/** Adds the events that follow from a new service status (decisions 2) and returns the id of the first, if any. */
export function addServiceStatusEvents(
  changes: Changes,
  snapshot: Snapshot,
  order: { order_type: OrderType; service_status: ServiceStatus },
  wasActiveBefore: boolean,
): string | undefined {
  const [first] = serviceStatusEvents(order, wasActiveBefore).map(type => changes.add(type, snapshot))
  return first
}

function serviceStatusEvents(
  { order_type, service_status }: { order_type: OrderType; service_status: ServiceStatus },
  wasActiveBefore: boolean,
): EventType[] {
  switch (service_status) {
    case 'completed':
      return [
        'order.completed',
        order_type === 'one-time-order' ? 'one-time-order.completed' : 'subscription.completed',
      ]
    case 'active':
      return [wasActiveBefore ? 'subscription.reactivated' : 'subscription.activated']
    case 'canceled':
      return ['subscription.canceled']
    case 'churned':
      return ['subscription.churned']
    // None of these has an event of its own (domain 10.2).
    case 'pending':
    case 'paused':
    case 'suspended':
    case 'abandoned':
    case 'voided':
      return []
  }
}
