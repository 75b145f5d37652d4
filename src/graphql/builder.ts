import SchemaBuilder, { type ArgBuilder } from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import { decodeGlobalId, encodeGlobalId } from '../shared/global-id.ts'
import type { Context } from './context.ts'
import './column-options.ts'
import './scope-plugin.ts'

/** The builder of the one schema; every *-schema.ts adds its types to it. */
export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    Decimal: { Input: string; Output: string }
    DateTime: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
  }
}>({
  // Errors first: a refusal for want of a scope is no member of a result union.
  plugins: [ErrorsPlugin, 'scope', RelayPlugin, DataloaderPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  // A mutation's result is the union of its payload and its refusals: CreateOrderResult.
  errors: {
    directResult: true,
    defaultUnionOptions: {
      description: 'The payload of the mutation, or the refusal why nothing was written.',
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  // The cost is checked once, before execution: src/graphql/operation-cost.ts.
  complexity: { disabled: true, defaultComplexity: 1, defaultListMultiplier: 5 },
  relay: {
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: globalId => decodeGlobalId(globalId) ?? { typename: '', id: '' },
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: 'Anything with a global id.' },
    idFieldOptions: { description: 'The opaque global id of the object.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
    cursorType: 'String',
    hasNextPageFieldOptions: { description: 'Whether the list goes on behind this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether the list has something before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge; null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge; null on an empty page.' },
    pageInfoFieldOptions: { description: 'Where the page stands in its list.' },
    edgesFieldOptions: { description: 'The objects of the page, each with its place.' },
    nodeFieldOptions: { description: 'The object.' },
    cursorFieldOptions: { description: 'Its place in the list, for `after` and `before`.' },
  },
})

builder.queryType({ description: 'Reads. Every field sees the workspace of the key and nothing else.' })
builder.mutationType({
  description: 'Writes. Each field is one transaction; refusals are members of its result union.',
})
builder.subscriptionType({ description: 'Live streams of the event log.' })

type Types = typeof builder.$inferSchemaTypes

/** What fields are declared with inside an input type, for members that several inputs share. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>

/** What arguments are declared with, for arguments that several fields share. */
export interface FieldArgs {
  arg: ArgBuilder<Types>
}
