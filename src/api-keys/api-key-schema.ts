import { builder } from '../graphql/builder.ts'
import { enumName } from '../graphql/enum.ts'
import { type Scope, scopes } from '../shared/actor.ts'
import { WorkspaceRef } from '../workspaces/workspace-schema.ts'
import { loadOwnKeys, type OwnKeyRow } from './api-key-reads.ts'

const meanings: Record<Scope, string> = {
  'contacts:read': 'Read contacts.',
  'contacts:write': 'Create and change contacts.',
  'catalog:read': 'Read products, variants and prices.',
  'catalog:write': 'Create and change products, variants and prices.',
  'orders:read': 'Read orders and invoices.',
  'orders:write': 'Create and change orders and invoices, flip their statuses.',
  'events:read': 'Read and follow the event log with its whole payloads.',
  'webhooks:read': 'Read webhook endpoints, their deliveries and attempts.',
  'webhooks:write': 'Create and change webhook endpoints, send again.',
}

const ScopeEnum = builder.enumType('Scope', {
  description: 'An area a key is let into.',
  values: Object.fromEntries(
    scopes.map(scope => [enumName(scope), { value: scope, description: meanings[scope] }]),
  ) as { [Name in string]: { value: Scope; description: string } },
})

const ApiKeyRef = builder.objectRef<OwnKeyRow>('ApiKey').implement({
  description: 'An API key, without its secret.',
  fields: t => ({
    databaseId: t.exposeString('id', { description: 'The id that orders show as their origination channel.' }),
    name: t.exposeString('name', { description: 'What it is for.' }),
    expiresAt: t.expose('expires_at', { type: 'DateTime', nullable: true, description: 'When it ends; null: never.' }),
    lastUsedAt: t.expose('last_used_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute; null: not noted yet.',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was made.' }),
  }),
})

const ViewerRef = builder.objectRef<object>('Viewer').implement({
  description: 'Who asks.',
  fields: t => ({
    key: t.field({
      type: ApiKeyRef,
      description: 'The key of the request.',
      resolve: async (_viewer, _args, { reads, actor }) => {
        const [key] = await loadOwnKeys(reads, actor.id)
        if (key === undefined) throw new Error(`key ${actor.id} is gone`)
        return key
      },
    }),
    scopes: t.field({
      type: [ScopeEnum],
      description: 'The areas the key is let into.',
      resolve: (_viewer, _args, { actor }) => scopes.filter(scope => actor.scopes.has(scope)),
    }),
    workspace: t.field({
      type: WorkspaceRef,
      description: 'The workspace of the key.',
      resolve: (_viewer, _args, { reads }) => reads.workspaceId,
    }),
  }),
})

builder.queryField('viewer', t =>
  t.field({ type: ViewerRef, description: 'Who asks: the key, its scopes, its workspace.', resolve: () => ({}) }),
)
