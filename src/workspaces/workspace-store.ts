import type { Kysely, Selectable } from 'kysely'
import type { DB, Workspaces } from '../database/tables.ts'

export type WorkspaceRow = Selectable<Workspaces>

const columns = ['id', 'public_id', 'subdomain', 'name', 'currency', 'created_at', 'updated_at'] as const

/** The workspace of a subdomain; undefined when there is none. */
export function findWorkspace(db: Kysely<DB>, subdomain: string): Promise<WorkspaceRow | undefined> {
  return db.selectFrom('workspaces').select(columns).where('subdomain', '=', subdomain).executeTakeFirst()
}

/** Every workspace of the database, oldest first. */
export function listWorkspaces(db: Kysely<DB>): Promise<WorkspaceRow[]> {
  return db.selectFrom('workspaces').select(columns).orderBy('id').execute()
}

/** Adds a workspace with the counters of its event log and numbers; undefined when its subdomain is taken. */
export function insertWorkspace(
  db: Kysely<DB>,
  workspace: { subdomain: string; name: string; currency: string; epoch: string },
): Promise<WorkspaceRow | undefined> {
  const { epoch, ...values } = workspace
  return db.transaction().execute(async trx => {
    const row = await trx
      .insertInto('workspaces')
      .values(values)
      .onConflict(conflict => conflict.column('subdomain').doNothing())
      .returning(columns)
      .executeTakeFirst()
    if (row === undefined) return undefined
    await trx.insertInto('workspace_counters').values({ workspace_id: row.id, epoch }).execute()
    return row
  })
}

/** Gives a workspace another subdomain; it must be free. */
export async function setSubdomain(db: Kysely<DB>, workspaceId: string, subdomain: string): Promise<void> {
  await db.updateTable('workspaces').set({ subdomain }).where('id', '=', workspaceId).execute()
}
