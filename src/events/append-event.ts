import { type QueryCreator, sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Actor } from '../shared/actor.ts'
import type { Changes, Snapshot, WriteAlong } from './changes.ts'
import { apiVersion } from './event.ts'

/**
 * Appends what a command changed to the log of the actor's workspace and returns the sequence of its last event.
 * Takes the workspace's counter row, the last lock of every write (decisions 3): call it last before the commit.
 */
export async function appendEvents(trx: Transaction<DB>, actor: Actor, changes: Changes): Promise<string> {
  const workspaceId = actor.workspace.id
  const { events, orderNumbering, invoiceNumbering, lastWrite } = changes
  if (events.length === 0) {
    if (changes.writesAlong.length > 0) throw new Error('nothing is written along with no events')
    return lastSequence(trx, workspaceId)
  }
  const counter = await trx
    .updateTable('workspace_counters')
    .set(eb => ({
      last_sequence: eb('last_sequence', '+', String(events.length)),
      ...(orderNumbering && { last_order_number: eb('last_order_number', '+', '1') }),
    }))
    .where('workspace_id', '=', workspaceId)
    .returning(['last_sequence', 'last_order_number', 'last_invoice_number'])
    .executeTakeFirstOrThrow()
  if (orderNumbering) changes.writeAlong(orderNumbering(counter.last_order_number))
  if (invoiceNumbering) {
    const number = await invoiceNumbering(trx, counter.last_invoice_number)
    changes.writeAlong(db => keepInvoiceNumber(db, workspaceId, number))
  }
  await lastWrite?.(trx)
  const first = BigInt(counter.last_sequence) - BigInt(events.length) + 1n
  const written = new Map<Snapshot, string>()
  const dataOf = (snapshot: Snapshot) => {
    const data = written.get(snapshot) ?? JSON.stringify(snapshot.data)
    written.set(snapshot, data)
    return data
  }
  await along(trx, changes.writesAlong)
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

// Each statement less is a round trip less under the counter lock.
function along(trx: Transaction<DB>, writes: readonly WriteAlong[]): QueryCreator<DB> {
  let db: QueryCreator<DB> = trx
  for (const [index, write] of writes.entries()) {
    db = db.with(`along_${index}`, creator => write(creator) as never) as QueryCreator<never> as QueryCreator<DB>
  }
  return db
}

function keepInvoiceNumber(db: QueryCreator<DB>, workspaceId: string, number: string) {
  return db
    .updateTable('workspace_counters')
    .set({ last_invoice_number: number })
    .where('workspace_id', '=', workspaceId)
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
