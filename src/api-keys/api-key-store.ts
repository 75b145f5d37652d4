import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { ApiKeys, DB } from '../database/tables.ts'

/** A key without its digest. */
export type ApiKeyRow = Omit<Selectable<ApiKeys>, 'secret_hash'>

const columns = [
  'workspace_id',
  'id',
  'key_id',
  'name',
  'scopes',
  'expires_at',
  'revoked_at',
  'last_used_at',
  'created_at',
] as const

/** What a key proves: who acts, in which workspace. */
export type KeyHolder = NonNullable<Awaited<ReturnType<typeof findKeyHolder>>>

/** The key with this key id and its workspace, revoked or not; undefined when there is none. */
export function findKeyHolder(db: Kysely<DB>, keyId: string) {
  return keyHolders(db).where('key_id', '=', keyId).executeTakeFirst()
}

/** The key with this database id in a workspace; see {@link findKeyHolder}. */
export function findKeyHolderById(db: Kysely<DB>, workspaceId: string, id: string) {
  return keyHolders(db)
    .where('api_keys.workspace_id', '=', workspaceId)
    .where('api_keys.id', '=', id)
    .executeTakeFirst()
}

function keyHolders(db: Kysely<DB>) {
  return db
    .selectFrom('api_keys')
    .innerJoin('workspaces', 'workspaces.id', 'api_keys.workspace_id')
    .innerJoin('workspace_counters', 'workspace_counters.workspace_id', 'api_keys.workspace_id')
    .select([
      'api_keys.workspace_id',
      'api_keys.id',
      'api_keys.name',
      'secret_hash',
      'scopes',
      'expires_at',
      'revoked_at',
      'last_used_at',
      'workspaces.public_id as workspace_public_id',
      'workspaces.name as workspace_name',
      'subdomain',
      'currency',
      'epoch',
    ])
}

/** Keys, oldest first, with the subdomain of their workspace: of one workspace or of all. */
export function listApiKeys(db: Kysely<DB>, workspaceId: string | undefined) {
  return db
    .selectFrom('api_keys')
    .innerJoin('workspaces', 'workspaces.id', 'api_keys.workspace_id')
    .select(columns.map(column => `api_keys.${column}` as const))
    .select('subdomain')
    .$if(workspaceId !== undefined, query => query.where('workspace_id', '=', workspaceId ?? ''))
    .orderBy('api_keys.id')
    .execute()
}

/** Locks a key, named by its id or its key id, to the end of the transaction; undefined when there is none. */
export function lockApiKey(trx: Kysely<DB>, id: string): Promise<ApiKeyRow | undefined> {
  const query = trx.selectFrom('api_keys').select(columns).forUpdate()
  const isNumber = /^[1-9]\d{0,14}$/.test(id)
  return query.where(isNumber ? 'id' : 'key_id', '=', id).executeTakeFirst()
}

/** Adds a key and returns its id. */
export async function insertApiKey(db: Kysely<DB>, key: Insertable<ApiKeys>): Promise<string> {
  const { id } = await db.insertInto('api_keys').values(key).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Lets a locked key expire after so many milliseconds, or when it would have anyway. */
export async function expireApiKey(trx: Kysely<DB>, key: ApiKeyRow, afterMs: number): Promise<void> {
  const end = sql<string>`clock_timestamp() + ${afterMs} * interval '1 millisecond'`
  await trx
    .updateTable('api_keys')
    .set({ expires_at: sql<string>`least(expires_at, ${end})` })
    .where('workspace_id', '=', key.workspace_id)
    .where('id', '=', key.id)
    .execute()
}

/** Revokes a locked key, unless it is already, and returns since when it is. */
export async function endApiKey(trx: Kysely<DB>, key: ApiKeyRow): Promise<string> {
  const { revoked_at } = await trx
    .updateTable('api_keys')
    .set({ revoked_at: sql<string>`coalesce(revoked_at, clock_timestamp())` })
    .where('workspace_id', '=', key.workspace_id)
    .where('id', '=', key.id)
    .returning('revoked_at')
    .$narrowType<{ revoked_at: string }>()
    .executeTakeFirstOrThrow()
  return revoked_at
}

/** Notes a use of a key, at most once a minute whatever other processes note. */
export async function noteKeyUse(db: Kysely<DB>, workspaceId: string, id: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql<string>`clock_timestamp()` })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .where(sql<boolean>`coalesce(last_used_at < clock_timestamp() - interval '1 minute', true)`)
    .execute()
}
