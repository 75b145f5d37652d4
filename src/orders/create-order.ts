import { isRecurring } from '../catalog/price.ts'
import { defaultAddress } from '../contacts/address-store.ts'
import { holdContact } from '../contacts/contact-store.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { InvalidInput, notFound } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { sumOfLines } from '../shared/money.ts'
import { lineItemColumns } from './line-item-store.ts'
import { initialServiceStatuses, type OrderType, orderNumber } from './order.ts'
import { ExternalIdTaken } from './order-errors.ts'
import { type CreateOrderInput, createOrderInput, orderMembers } from './order-input.ts'
import { orderSnapshot } from './order-snapshot.ts'
import { holderOfExternalId, orderColumns } from './order-store.ts'
import { addServiceStatusEvents, columnsOfServiceStatus } from './service-status.ts'
import { resolveLines } from './sold-lines.ts'
import { noteOrderStatusChange } from './status-change-store.ts'
import { syncedAddress } from './sync-address.ts'

/**
 * Creates an external order (domain 4.5) and returns its id. The lines decide its type; the server sets number,
 * currency, total and origination channel. Throws InvalidInput and ExternalIdTaken.
 */
export function createOrder(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(createOrderInput, rawInput)
  const { actor } = context
  const workspaceId = actor.workspace.id
  const { currency } = actor.workspace
  return runCommand(context, 'createOrder', input, async (trx, changes) => {
    const contact = await holdContact(trx, workspaceId, input.contact)
    if (contact === undefined)
      throw notFound('contact', ['input', 'contact', 'id' in input.contact ? 'id' : 'emailAddress'])
    const sold = await resolveLines(trx, workspaceId, input.lineItems)
    const orderType: OrderType = sold.some(({ price }) => isRecurring(price.payment_type))
      ? 'subscription-order'
      : 'one-time-order'
    const status = input.serviceStatus ?? 'pending'
    checkAgainstType(input, orderType)
    const holder = input.externalId == null ? undefined : await holderOfExternalId(trx, workspaceId, input.externalId)
    if (holder !== undefined) throw new ExternalIdTaken('Order', holder)
    const columns = columnsOf(input, orderMembers)
    const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null))
    const now = new Date().toISOString()
    const order = await trx
      .insertInto('orders')
      .values({
        ...columnsOfServiceStatus(status, { activated_at: columns.activated_at ?? null }, now),
        ...given,
        ...syncedAddress(columns, await defaultAddress(trx, workspaceId, contact.id)),
        workspace_id: workspaceId,
        contact_id: contact.id,
        live_mode: input.liveMode,
        order_type: orderType,
        payment_processor: 'external',
        service_status: status,
        billing_status: 'pending',
        total_amount: sumOfLines(
          sold.map(({ price, requested }) => ({ amount: price.amount, quantity: requested.quantity })),
          currency,
        ),
        currency,
        origination_channel_type: actor.type,
        origination_channel_id: actor.id,
        origination_channel_name: actor.name,
      })
      .returning(orderColumns)
      .executeTakeFirstOrThrow()
    const lines = await trx
      .insertInto('order_line_items')
      .values(
        sold.map(({ product, variant, price, requested }, position) => ({
          workspace_id: workspaceId,
          order_id: order.id,
          position,
          quantity: requested.quantity,
          product_id: product.id,
          variant_id: variant.id,
          price_id: price.id,
        })),
      )
      .returning(lineItemColumns)
      .execute()
    const byPosition = new Map(lines.map(line => [line.position, line]))
    const snapshot = orderSnapshot(
      order,
      contact,
      sold.flatMap((parts, position) => {
        const line = byPosition.get(position)
        return line === undefined ? [] : [{ ...parts, line }]
      }),
      actor.workspace,
    )
    const eventId = changes.add('order.created', snapshot)
    addServiceStatusEvents(changes, snapshot, order, false)
    await noteOrderStatusChange(trx, actor, order.id, { from: null, to: status, eventId })
    changes.numberOrder(async (_, number) => {
      await trx
        .updateTable('orders')
        .set({ number })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', order.id)
        .execute()
      snapshot.data.order_number = orderNumber(number)
    })
    return order.id
  })
}

function checkAgainstType(input: CreateOrderInput, orderType: OrderType): void {
  if (input.orderType != null && input.orderType !== orderType) {
    const message =
      orderType === 'subscription-order'
        ? 'A line item has a subscription price, so this is a subscription order.'
        : 'No line item has a subscription price, so this is a one-time order.'
    throw new InvalidInput([{ code: 'ORDER_TYPE_MISMATCH', message, path: ['input', 'orderType'] }])
  }
  if (input.serviceStatus != null && !initialServiceStatuses(orderType).includes(input.serviceStatus)) {
    const message = `An external ${orderType} cannot be ${input.serviceStatus}.`
    throw new InvalidInput([{ code: 'INVALID_SERVICE_STATUS', message, path: ['input', 'serviceStatus'] }])
  }
}
