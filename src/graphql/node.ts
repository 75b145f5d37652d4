import type { Reads } from '../database/reads.ts'
import type { DB } from '../database/tables.ts'
import type { Scope } from '../shared/actor.ts'
import { decodeGlobalId, encodeGlobalId } from '../shared/global-id.ts'
import { atMost } from './at-most.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { badUserInput, forbidden } from './request-errors.ts'
import { writtenColumn } from './written-column.ts'

/** An object of the domain with the name of its type, as fields of type `Node` resolve to. */
type NodeValue = { __typename: string }

/** Relay's Node. */
export const NodeInterface = builder.interfaceRef<object>('Node').implement({
  description: 'Anything with a global id.',
  resolveType: value => (value as NodeValue).__typename,
  fields: t => ({ id: t.id({ description: 'The opaque global id of the object.', resolve: () => '' }) }),
})

interface NodeType {
  scope: Scope | undefined
  table: keyof DB | undefined
  load: (context: Context, id: string) => Promise<object | null>
}

/** The reference of a type whose fields may resolve to an id. */
export type LoadableRef<Row> = ReturnType<typeof builder.loadableObjectRef<Row, string>>

const nodeTypes = new Map<string, NodeType>()

/**
 * The reference of a type that `node` can load. `load` gives the rows there are, in any order; `scope` is the area
 * a key must be let into.
 */
export function nodeRef<Row extends { id: string }>(
  name: string,
  options: {
    scope: Scope | undefined
    load: (reads: Reads, ids: readonly string[]) => Promise<Row[]>
    /** The table whose columns its fields show; absent: its rows are always read whole. */
    table?: keyof DB
    /** The id in the global id; the row's own where absent. */
    idOf?: (row: Row) => string
  },
) {
  const ref = builder.loadableObjectRef<Row, string>(name, {
    load: (ids, context) => options.load(context.reads, ids),
    toKey: options.idOf ?? (row => row.id),
    sort: true,
  })
  nodeTypes.set(name, {
    scope: options.scope,
    table: options.table,
    load: (context, id) => ref.getDataloader(context).load(id),
  })
  return ref
}

/** The table whose columns the fields of a type show; undefined where its rows are read whole, or are none. */
export function tableOf(typename: string): string | undefined {
  return nodeTypes.get(typename)?.table
}

/** The object with this type and id; null when the workspace has none. Throws FORBIDDEN without the scope of its area. */
export async function loadNode(context: Context, typename: string, id: string): Promise<NodeValue | null> {
  const type = nodeTypes.get(typename)
  if (type === undefined) return null
  if (type.scope !== undefined && !context.actor.scopes.has(type.scope)) throw forbidden(type.scope)
  const row = await type.load(context, id)
  return row && { ...row, __typename: typename }
}

/** What the `id` of a type whose rows have one is declared with. */
export function globalId(typename: string) {
  return {
    description: 'The opaque global id of the object.',
    ...writtenColumn('id', id => encodeGlobalId(typename, id)),
  }
}

/** The database id in a global id argument. Throws BAD_USER_INPUT when it is not the id of such an object. */
export function idArgument(typename: string, globalId: string, argument: string): string {
  const decoded = decodeGlobalId(globalId)
  if (decoded?.typename !== typename) throw badUserInput(`Not an id of the type ${typename}.`, argument)
  return decoded.id
}

function parseNodeId(globalId: string, argument: string): { typename: string; id: string } {
  const decoded = decodeGlobalId(globalId)
  if (decoded === undefined || !nodeTypes.has(decoded.typename)) throw badUserInput('Not a global id.', argument)
  return decoded
}

// An error in a list is the error of its place, so that the others stand. A promise in it would not do: compiled execution
// takes none.
async function nodeOrError(context: Context, globalId: string): Promise<NodeValue | null | Error> {
  try {
    const { typename, id } = parseNodeId(globalId, 'ids')
    return await loadNode(context, typename, id)
  } catch (error) {
    return error instanceof Error ? error : new Error('Not an error', { cause: error })
  }
}

builder.queryFields(t => ({
  node: t.field({
    type: NodeInterface,
    nullable: true,
    description: 'The object with a global id; null when the workspace has none.',
    args: { id: t.arg.id({ required: true, description: 'A global id.' }) },
    resolve(_root, args, context) {
      const { typename, id } = parseNodeId(args.id, 'id')
      return loadNode(context, typename, id)
    },
  }),
  nodes: t.field({
    type: [NodeInterface],
    nullable: { list: false, items: true },
    description:
      'The objects with these global ids, in their order; null for those the workspace does not have, and, with an error, for what is no global id or lies in an area that the key is not let into.',
    args: { ids: t.arg.idList({ required: true, description: 'At most 100 global ids.' }) },
    complexity: ({ ids }) => atMost(ids.length),
    resolve(_root, args, context) {
      if (args.ids.length > 100) throw badUserInput('Give at most 100 ids.', 'ids')
      return Promise.all(args.ids.map(globalId => nodeOrError(context, globalId)))
    },
  }),
}))
