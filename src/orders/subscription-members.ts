import type { InputIssue } from '../shared/errors.ts'
import type { OrderType } from './order.ts'
import { subscriptionMembers } from './order-input.ts'

/** What belongs to a subscription in the input for a one-time order (domain 4.5). */
export function subscriptionMemberIssues(
  input: { readonly [Member in (typeof subscriptionMembers)[number]]?: unknown },
  orderType: OrderType,
): InputIssue[] {
  if (orderType === 'subscription-order') return []
  const given = subscriptionMembers.filter(member => input[member] != null)
  return given.map(member => ({
    code: 'NOT_A_SUBSCRIPTION',
    message: 'Only subscription orders have it.',
    path: ['input', member],
  }))
}
