import { type Insertable, type Kysely, sql } from 'kysely'
import type { DB, StreamTickets } from '../database/tables.ts'
import { ticketLifetimeMs, ticketResumableMs } from './stream-ticket.ts'

/** What a ticket opens, and for whom. */
interface OpenedTicket {
  api_key_id: string
  document: string
  operation_name: string | null
  /** JSON. */
  variables: string | null
}

const columns = ['api_key_id', 'document', 'operation_name', 'variables'] as const
const youngerThan = (milliseconds: number) =>
  sql<boolean>`created_at > clock_timestamp() - make_interval(secs => ${milliseconds / 1_000})`

/** Adds a ticket. */
export async function insertTicket(db: Kysely<DB>, ticket: Insertable<StreamTickets>): Promise<void> {
  await db.insertInto('stream_tickets').values(ticket).execute()
}

/** Opens a ticket, which nobody can do again; undefined when it is unknown, too old or was opened before. */
export function openTicket(db: Kysely<DB>, workspaceId: string, hash: string): Promise<OpenedTicket | undefined> {
  return db
    .updateTable('stream_tickets')
    .set({ opened_at: sql<string>`clock_timestamp()` })
    .where('workspace_id', '=', workspaceId)
    .where('hash', '=', hash)
    .where('opened_at', 'is', null)
    .where(youngerThan(ticketLifetimeMs))
    .returning(columns)
    .executeTakeFirst()
}

/** A ticket that was opened before; undefined when it was not, or that is too long ago. */
export function findOpenedTicket(db: Kysely<DB>, workspaceId: string, hash: string): Promise<OpenedTicket | undefined> {
  return db
    .selectFrom('stream_tickets')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('hash', '=', hash)
    .where('opened_at', 'is not', null)
    .where(youngerThan(ticketResumableMs))
    .executeTakeFirst()
}

/** Deletes tickets that nobody can open or resume any more; returns how many, at most `limit`. */
export async function deleteOldTickets(db: Kysely<DB>, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from stream_tickets where ctid = any(array(
      select ctid from stream_tickets
      where created_at < clock_timestamp() - make_interval(secs => ${ticketResumableMs / 1_000})
      order by created_at limit ${limit} for update skip locked))`.execute(db)
  return Number(numAffectedRows)
}
