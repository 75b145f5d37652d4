import { sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Actor } from '../shared/actor.ts'
import type { Changes, Snapshot } from './changes.ts'
import { apiVersion } from './event.ts'

/**
 * Appends what a command changed to the log of the actor's workspace and returns the sequence of its last event.
 * Takes the workspace's counter row, the last lock of every write (decisions 3): call it last before the commit.
 */
export async function appendEvents(trx: Transaction<DB>, actor: Actor, changes: Changes): Promise<string> {
  const workspaceId = actor.workspace.id
  const { events, orderNumbering, invoiceNumbering, lastWrite } = changes
  if (events.length === 0) return lastSequence(trx, workspaceId)
  const counter = await trx
    .updateTable('workspace_counters')
    .set(eb => ({
      last_sequence: eb('last_sequence', '+', String(events.length)),
      ...(orderNumbering && { last_order_number: eb('last_order_number', '+', '1') }),
    }))
    .where('workspace_id', '=', workspaceId)
    .returning(['last_sequence', 'last_order_number', 'last_invoice_number'])
    .executeTakeFirstOrThrow()
  await orderNumbering?.(trx, counter.last_order_number)
  if (invoiceNumbering)
    await keepInvoiceNumber(trx, workspaceId, await invoiceNumbering(trx, counter.last_invoice_number))
  await lastWrite?.(trx)
  const first = BigInt(counter.last_sequence) - BigInt(events.length) + 1n
  const written = new Map<Snapshot, string>()
  const dataOf = (snapshot: Snapshot) => {
    const data = written.get(snapshot) ?? JSON.stringify(snapshot.data)
    written.set(snapshot, data)
    return data
  }
  await trx
    .insertInto('events')
    .values(
      events.map(({ id, type, snapshot }, index) => ({
        workspace_id: workspaceId,
        sequence: String(first + BigInt(index)),
        // Under the counter lock, so that time never runs against the sequence.
        created_at: sql<string>`clock_timestamp()`,
        id,
        type,
        subject_type: snapshot.subjectType,
        subject_id: snapshot.subjectId,
        live_mode: snapshot.liveMode,
        api_version: apiVersion,
        data: dataOf(snapshot),
        actor_type: actor.type,
        actor_id: actor.id,
        actor_name: actor.name,
      })),
    )
    .execute()
  return counter.last_sequence
}

async function keepInvoiceNumber(trx: Transaction<DB>, workspaceId: string, number: string): Promise<void> {
  await trx
    .updateTable('workspace_counters')
    .set({ last_invoice_number: number })
    .where('workspace_id', '=', workspaceId)
    .execute()
}

/** The sequence of a workspace's last event, as the transaction sees it: what starts now comes after it. */
export async function lastSequence(trx: Transaction<DB>, workspaceId: string): Promise<string> {
  const counter = await trx
    .selectFrom('workspace_counters')
    .select('last_sequence')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return counter.last_sequence
}
