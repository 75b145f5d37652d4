import type { Transaction } from 'kysely'
import { type ContactRow, holdContact } from '../contacts/contact-store.ts'
import type { DB } from '../database/tables.ts'
import type { Snapshot } from '../events/changes.ts'
import type { Actor } from '../shared/actor.ts'
import { lineItemsOf } from './line-item-store.ts'
import { orderBody, type SoldLine } from './order-body.ts'
import type { OrderRow } from './order-store.ts'
import { soldBy } from './sold-lines.ts'

/** What the log keeps of an order. */
export function orderSnapshot(
  order: OrderRow,
  contact: ContactRow,
  lines: readonly SoldLine[],
  workspace: Actor['workspace'],
): Snapshot & { data: ReturnType<typeof orderBody> } {
  return {
    subjectType: 'Order',
    subjectId: order.id,
    liveMode: order.live_mode,
    data: orderBody(order, contact, lines, workspace),
  }
}

/** The customer of an order, inside a transaction. */
export async function contactOf(trx: Transaction<DB>, order: OrderRow): Promise<ContactRow> {
  const contact = await holdContact(trx, order.workspace_id, { id: order.contact_id })
  if (contact === undefined) throw new Error(`order ${order.id} has no contact`)
  return contact
}

/** What the log keeps of an order as it is now, read inside the transaction that changed it. */
export async function readOrderSnapshot(trx: Transaction<DB>, actor: Actor, order: OrderRow, contact: ContactRow) {
  const lines = await lineItemsOf(trx, order.workspace_id, order.id)
  return orderSnapshot(order, contact, await soldBy(trx, order.workspace_id, lines), actor.workspace)
}
