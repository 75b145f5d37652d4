import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import type { DB } from '../database/tables.ts'

const foreignKeyViolation = '23503'

/** Deletes a workspace and all that is in it, in one transaction. */
export async function deleteWorkspace(db: Kysely<DB>, workspaceId: string): Promise<void> {
  await db.transaction().execute(async trx => {
    let tables = await tablesOfWorkspaces(trx)
    while (tables.length > 0) {
      const blocked: string[] = []
      for (const table of tables) if (!(await isEmptied(trx, table, workspaceId))) blocked.push(table)
      if (blocked.length === tables.length) throw new Error(`rows of ${blocked.join(', ')} keep each other`)
      tables = blocked
    }
    await trx.deleteFrom('workspaces').where('id', '=', workspaceId).execute()
  })
}

async function tablesOfWorkspaces(trx: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname = 'workspace_id'`.execute(trx)
  return rows.map(({ name }) => name)
}

/** Deletes a workspace's rows of a table; false when rows of other tables still refer to them. */
async function isEmptied(trx: Kysely<DB>, table: string, workspaceId: string): Promise<boolean> {
  await sql`savepoint emptying`.execute(trx)
  try {
    await sql`delete from ${sql.table(table)} where workspace_id = ${workspaceId}`.execute(trx)
    await sql`release savepoint emptying`.execute(trx)
    return true
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== foreignKeyViolation) throw error
    await sql`rollback to savepoint emptying`.execute(trx)
    return false
  }
}
