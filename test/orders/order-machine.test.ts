import { expect, test } from 'vitest'
import {
  allowedServiceTransitions,
  initialServiceStatuses,
  orderTypes,
  paymentProcessors,
  serviceStatuses,
} from '../../src/orders/order.ts'

// The rules for external orders, written out once more: from -> to.
const legal: Record<string, Record<string, string[]>> = {
  'one-time-order': { pending: ['completed'], completed: [] },
  'subscription-order': {
    pending: ['active', 'canceled'],
    active: ['paused', 'canceled', 'churned', 'completed'],
    paused: ['active', 'canceled'],
    canceled: ['active', 'churned'],
    churned: ['active'],
    completed: [],
  },
}

for (const order_type of orderTypes) {
  for (const payment_processor of paymentProcessors) {
    for (const service_status of serviceStatuses) {
      test(`${payment_processor} ${order_type} ${service_status}`, () => {
        const expected = payment_processor === 'external' ? (legal[order_type]?.[service_status] ?? []) : []
        const allowed = allowedServiceTransitions({ order_type, payment_processor, service_status })
        expect([...allowed].sort()).toEqual([...expected].sort())
      })
    }
  }
}

test('an external order starts in any status of its machine', () => {
  expect(initialServiceStatuses('one-time-order')).toEqual(['pending', 'completed'])
  expect(initialServiceStatuses('subscription-order')).toEqual([
    'pending',
    'active',
    'completed',
    'churned',
    'canceled',
    'paused',
  ])
})
