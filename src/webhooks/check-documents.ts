import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'

/** A stored document that a schema does not take. */
interface BrokenDocument {
  subdomain: string
  endpointId: string
  name: string
  problem: string
}

/** Checks every document that shapes webhooks, in all workspaces and of disabled endpoints too. */
export async function checkDocuments(
  db: Kysely<DB>,
  documentProblem: (document: string) => string | undefined,
): Promise<{ checked: number; broken: BrokenDocument[] }> {
  const endpoints = await db
    .selectFrom('webhook_endpoints')
    .innerJoin('workspaces', 'workspaces.id', 'webhook_endpoints.workspace_id')
    .select(['subdomain', 'webhook_endpoints.id as endpointId', 'webhook_endpoints.name', 'document'])
    .where('document', 'is not', null)
    .orderBy('webhook_endpoints.workspace_id')
    .orderBy('webhook_endpoints.id')
    .execute()
  const broken = endpoints.flatMap(({ document, ...endpoint }) => {
    const problem = documentProblem(document ?? '')
    return problem === undefined ? [] : [{ ...endpoint, problem }]
  })
  return { checked: endpoints.length, broken }
}
