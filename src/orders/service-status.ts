import type { Changes, Snapshot } from '../events/changes.ts'
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

/** Adds the events that follow from a new service status (decisions 2). */
export function addServiceStatusEvents(
  changes: Changes,
  snapshot: Snapshot,
  order: { order_type: OrderType; service_status: ServiceStatus },
  wasActiveBefore: boolean,
): void {
  switch (order.service_status) {
    case 'completed':
      changes.add('order.completed', snapshot)
      changes.add(
        order.order_type === 'one-time-order' ? 'one-time-order.completed' : 'subscription.completed',
        snapshot,
      )
      return
    case 'active':
      changes.add(wasActiveBefore ? 'subscription.reactivated' : 'subscription.activated', snapshot)
      return
    case 'canceled':
      changes.add('subscription.canceled', snapshot)
      return
    case 'churned':
      changes.add('subscription.churned', snapshot)
      return
    // None of these has an event of its own (domain 10.2).
    case 'pending':
    case 'paused':
    case 'suspended':
    case 'abandoned':
    case 'voided':
      return
  }
}
