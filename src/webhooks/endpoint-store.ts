import { type Kysely, type Selectable, sql, type UpdateObject } from 'kysely'
import { listTable } from '../database/listed-table.ts'
import { rowsById } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { DB, WebhookEndpoints } from '../database/tables.ts'
import type { DisabledReason } from './webhook-endpoint.ts'

/** An endpoint with its sealed secrets. */
export type EndpointRow = Selectable<WebhookEndpoints>

/** The columns of an endpoint, listed: a named `select *` would fail for ever after a new column. */
const endpointColumns = [
  'workspace_id',
  'id',
  'public_id',
  'url',
  'name',
  'event_types',
  'api_version',
  'live_mode',
  'ordered',
  'starts_after',
  'document',
  'document_scopes',
  'secret',
  'previous_secret',
  'previous_secret_until',
  'enabled',
  'disabled_at',
  'disabled_reason',
  'failing_since',
  'failed_at',
  'held_until',
  'created_at',
  'updated_at',
] as const

/** Endpoints as a list. */
export const listedEndpoints = listTable<EndpointRow>('webhook_endpoints', endpointColumns)

const endpointsById = rowsById(listedEndpoints)

/** The endpoints with these ids that the workspace has, in any order. */
export function loadEndpoints(reads: Reads, ids: readonly string[]): Promise<EndpointRow[]> {
  return reads.all(endpointsById, { ids })
}

/** An endpoint, locked to the end of the transaction; undefined when the workspace has none. */
export function lockEndpoint(trx: Kysely<DB>, workspaceId: string, id: string): Promise<EndpointRow | undefined> {
  return trx
    .selectFrom('webhook_endpoints')
    .select(endpointColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Changes an endpoint that is locked. */
export async function changeEndpoint(
  trx: Kysely<DB>,
  { workspace_id, id }: EndpointRow,
  columns: UpdateObject<DB, 'webhook_endpoints', 'webhook_endpoints'>,
): Promise<EndpointRow> {
  return trx
    .updateTable('webhook_endpoints')
    .set({ ...columns, updated_at: sql<string>`clock_timestamp()` })
    .where('workspace_id', '=', workspace_id)
    .where('id', '=', id)
    .returning(endpointColumns)
    .executeTakeFirstOrThrow()
}

/** The columns of an endpoint that is disabled now. */
export function disabledColumns(reason: DisabledReason) {
  return { enabled: false, disabled_at: sql<string>`clock_timestamp()`, disabled_reason: reason }
}

/** The enabled endpoints of a workspace, locked to the end of the transaction in the order of their ids. */
export function lockEnabledEndpoints(db: Kysely<DB>, workspaceId: string): Promise<EndpointRow[]> {
  return db
    .selectFrom('webhook_endpoints')
    .select(endpointColumns)
    .where('workspace_id', '=', workspaceId)
    .where('enabled', '=', true)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** The workspaces that have an enabled endpoint. */
export async function followedWorkspaces(db: Kysely<DB>): Promise<string[]> {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .select('workspace_id')
    .distinct()
    .where('enabled', '=', true)
    .execute()
  return rows.map(row => row.workspace_id)
}

/** The endpoints of several workspaces, named by pairs of workspace and id. */
export async function endpointsOf(
  db: Kysely<DB>,
  workspaceIds: readonly string[],
  ids: readonly string[],
): Promise<EndpointRow[]> {
  const { rows } = await sql<EndpointRow>`
    select ${sql.join(endpointColumns.map(column => sql.ref(`e.${column}`)))}
    from unnest(${workspaceIds}::bigint[], ${ids}::bigint[]) as w(workspace_id, id)
    join webhook_endpoints e on e.workspace_id = w.workspace_id and e.id = w.id`.execute(db)
  return rows
}
