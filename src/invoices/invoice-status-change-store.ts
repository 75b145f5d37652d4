import { type Selectable, sql, type Transaction } from 'kysely'
import type { Reads } from '../database/reads.ts'
import { statement } from '../database/statement.ts'
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

const statusChangesByInvoice = statement<{ invoiceIds: readonly string[] }>()(
  'invoice_status_changes_by_invoice',
  (db, param) =>
    db
      .selectFrom('invoice_status_changes')
      .select(columns)
      .where('workspace_id', '=', param('workspace'))
      .where('invoice_id', '=', sql<string>`any(${param('invoiceIds')})`)
      .orderBy('invoice_id')
      .orderBy('id'),
)

/** The statuses these invoices went through, oldest first. */
export function loadInvoiceStatusChanges(
  reads: Reads,
  invoiceIds: readonly string[],
): Promise<InvoiceStatusChangeRow[]> {
  return reads.all(statusChangesByInvoice, { invoiceIds })
}

/** Notes that an invoice went from one status (null: it was created) to another, with the event that says so. */
export async function noteInvoiceStatusChange(
  trx: Transaction<DB>,
  actor: Actor,
  invoiceId: string,
  change: { from: InvoiceStatus | null; to: InvoiceStatus; eventId: string },
): Promise<void> {
  await trx
    .insertInto('invoice_status_changes')
    .values({
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
    .execute()
}
