import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type Actor, type Scope, scopes } from '../shared/actor.ts'
import type { EndpointRow } from './endpoint-store.ts'

/** An endpoint as the one who acts: with the rights of whoever wrote its document. */
export async function endpointActor(db: Kysely<DB>, endpoint: EndpointRow): Promise<Actor> {
  const workspace = await db
    .selectFrom('workspaces')
    .innerJoin('workspace_counters', 'workspace_counters.workspace_id', 'workspaces.id')
    .select(['workspaces.id', 'public_id as publicId', 'name', 'subdomain', 'currency', 'epoch'])
    .where('workspaces.id', '=', endpoint.workspace_id)
    .where('workspace_counters.workspace_id', '=', endpoint.workspace_id)
    .executeTakeFirstOrThrow()
  return {
    type: 'Webhooks::Outgoing::Endpoint',
    id: endpoint.id,
    name: endpoint.name,
    scopes: new Set<Scope>(scopes.filter(scope => endpoint.document_scopes.includes(scope))),
    workspace,
  }
}
