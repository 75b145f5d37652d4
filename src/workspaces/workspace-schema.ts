import { builder } from '../graphql/builder.ts'
import { globalId, NodeInterface, nodeRef } from '../graphql/node.ts'
import { loadOwnWorkspace } from './workspace-reads.ts'

/** The GraphQL type of a workspace. */
export const WorkspaceRef = nodeRef('Workspace', { scope: undefined, load: loadOwnWorkspace })

builder.objectType(WorkspaceRef, {
  description: 'A merchant’s workspace. A key sees its own and no other.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Workspace')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows in URLs.' }),
    subdomain: t.exposeString('subdomain', { description: 'The name in the workspace’s address.' }),
    name: t.exposeString('name', { description: 'The name people see.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of all its new prices and orders.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When it last changed.' }),
  }),
})

builder.queryField('workspace', t =>
  t.field({
    type: WorkspaceRef,
    description: 'The workspace of the key.',
    resolve: async (_root, _args, context) => context.reads.workspaceId,
  }),
)
