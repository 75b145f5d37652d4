import { type OperationNodeSource, type QueryCreator, type Selectable, sql, type Transaction } from 'kysely'
import { listTable } from '../database/listed-table.ts'
import type { DB, InvoiceStatusChanges } from '../database/tables.ts'
import type { Actor } from '../shared/actor.ts'
import type { InvoiceStatus } from './invoice.ts'

export type InvoiceStatusChangeRow = Selectable<InvoiceStatusChanges>

const columns = [
  'workspace_id',
  'id',
  'invoice_id',
  'from_status',
  'to_status',
  'changed_at',
  'actor_type',
  'actor_id',
  'actor_name',
  'event_id',
] as const

/** The statuses of invoices as lists. */
export const listedInvoiceStatusChanges = listTable<InvoiceStatusChangeRow>('invoice_status_changes', columns)

/** Notes that an invoice went from one status (null: it was created) to another, with the event that says so. */
export function noteInvoiceStatusChange(
  db: QueryCreator<DB>,
  actor: Actor,
  invoiceId: string,
  change: { from: InvoiceStatus | null; to: InvoiceStatus; eventId: string },
): OperationNodeSource {
  return db.insertInto('invoice_status_changes').values({
    workspace_id: actor.workspace.id,
    invoice_id: invoiceId,
    from_status: change.from,
    to_status: change.to,
    changed_at: sql<string>`clock_timestamp()`,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_name: actor.name,
    event_id: change.eventId,
  })
}

/** Whether an invoice was ever paid: when a dispute or refund ends, that is no second payment. */
export async function wasPaid(trx: Transaction<DB>, workspaceId: string, invoiceId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('invoice_status_changes')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('invoice_id', '=', invoiceId)
    .where('to_status', '=', 'paid')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
