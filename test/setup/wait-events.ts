import { type Kysely, sql } from 'kysely'
import type { DB } from '../../src/database/tables.ts'

/** What the statements that run in this database wait for, in PostgreSQL's words. */
export async function waitEvents(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select wait_event as name from pg_stat_activity
    where datname = current_database() and state = 'active' and wait_event is not null`.execute(db)
  return rows.map(({ name }) => name)
}
