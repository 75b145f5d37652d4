import { isRecurring } from '../catalog/price.ts'
import { defaultAddress } from '../contacts/address-store.ts'
import { holdContact } from '../contacts/contact-store.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { type InputIssue, InvalidInput, notFoundIssue, refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { sumOfLines } from '../shared/money.ts'
import { insertLineItems } from './line-item-store.ts'
import { initialServiceStatuses, type OrderType, orderNumber } from './order.ts'
import { ExternalIdTaken } from './order-errors.ts'
import { type CreateOrderInput, createOrderInput, orderMembers } from './order-input.ts'
import { orderSnapshot } from './order-snapshot.ts'
import { holderOfExternalId, insertOrder, writeOrderNumber } from './order-store.ts'
import { addServiceStatusEvents, columnsOfServiceStatus } from './service-status.ts'
import { resolveLines } from './sold-lines.ts'
import { noteOrderStatusChange } from './status-change-store.ts'
import { subscriptionMemberIssues } from './subscription-members.ts'
import { syncedAddress } from './sync-address.ts'

/**
 * Creates an external order (domain 4.5) and returns its id. The lines decide its type; the server sets number,
 * currency, total and origination channel. Throws InvalidInput and ExternalIdTaken.
 */
export function createOrder(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseWithoutNulls(createOrderInput, rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  const { currency } = actor.workspace
  return runCommand(context, 'createOrder', input, async (trx, changes) => {
    const contact = await holdContact(trx, workspaceId, input.contact)
    const lineItems = await resolveLines(trx, workspaceId, input.lineItems, 'refused')
    const isSubscription = lineItems.prices.some(price => isRecurring(price.payment_type))
    const orderType = isSubscription ? 'subscription-order' : 'one-time-order'
    // Prices that do not exist leave it open; what the caller takes it for is better than nothing then.
    const isKnown = isSubscription || lineItems.prices.length === input.lineItems.length
    const issues = [...lineItems.issues, ...typeIssues(input, isKnown ? orderType : input.orderType)]
    if (contact === undefined) throw new InvalidInput([unknownContact(input), ...issues])
    refuseIssues(issues)
    const sold = lineItems.sold.map(({ requested, ...parts }, position) => ({
      ...parts,
      position,
      quantity: requested.quantity,
      amount: parts.price.amount,
    }))
    const status = input.serviceStatus ?? 'pending'
    const given = columnsOf(input, orderMembers)
    if (given.external_id != null) {
      const holder = await holderOfExternalId(trx, workspaceId, given.external_id)
      if (holder !== undefined) throw new ExternalIdTaken('Order', holder)
    }
    const order = await insertOrder(trx, {
      ...columnsOfServiceStatus(status, { activated_at: null }, new Date().toISOString()),
      ...given,
      ...syncedAddress(given, await defaultAddress(trx, workspaceId, contact.id)),
      workspace_id: workspaceId,
      contact_id: contact.id,
      live_mode: input.liveMode,
      order_type: orderType,
      payment_processor: 'external',
      service_status: status,
      billing_status: 'pending',
      total_amount: sumOfLines(sold, currency),
      currency,
      origination_channel_type: actor.type,
      origination_channel_id: actor.id,
      origination_channel_name: actor.name,
    })
    const lines = await insertLineItems(
      trx,
      sold.map(({ product, variant, price, position, quantity, amount }) => ({
        workspace_id: workspaceId,
        order_id: order.id,
        position,
        quantity,
        amount,
        product_id: product.id,
        variant_id: variant.id,
        price_id: price.id,
      })),
    )
    const soldLines = sold.flatMap((parts, position) => {
      const line = lines[position]
      return line === undefined ? [] : [{ ...parts, line }]
    })
    const snapshot = orderSnapshot(order, contact, soldLines, actor.workspace)
    const createdId = changes.add('order.created', snapshot)
    const eventId = addServiceStatusEvents(changes, snapshot, order, false) ?? createdId
    changes.writeAlong(db => noteOrderStatusChange(db, actor, order.id, { from: null, to: status, eventId }))
    changes.numberOrder(number => {
      snapshot.data.order_number = orderNumber(number)
      return db => writeOrderNumber(db, order, number)
    })
    return order.id
  })
}

function unknownContact({ contact }: CreateOrderInput): InputIssue {
  return notFoundIssue('contact', ['input', 'contact', 'id' in contact ? 'id' : 'emailAddress'])
}

function typeIssues(input: CreateOrderInput, orderType: OrderType | null | undefined): InputIssue[] {
  if (orderType == null) return []
  const issues: InputIssue[] = []
  if (input.orderType != null && input.orderType !== orderType) {
    const message =
      orderType === 'subscription-order'
        ? 'A line item has a subscription price, so this is a subscription order.'
        : 'No line item has a subscription price, so this is a one-time order.'
    issues.push({ code: 'ORDER_TYPE_MISMATCH', message, path: ['input', 'orderType'] })
  }
  if (input.serviceStatus != null && !initialServiceStatuses(orderType).includes(input.serviceStatus)) {
    const message = `An external ${orderType} cannot be ${input.serviceStatus}.`
    issues.push({ code: 'INVALID_SERVICE_STATUS', message, path: ['input', 'serviceStatus'] })
  }
  return [...issues, ...subscriptionMemberIssues(input, orderType)]
}
