import { type GraphQLSchema, getNamedType, Kind, TypeInfo, type VariableNode, visit, visitWithTypeInfo } from 'graphql'
import { type Scope, scopes } from '../shared/actor.ts'
import type { PreparedOperation } from './prepared-document.ts'
import { scopeOf } from './scope-plugin.ts'

const known = new WeakMap<PreparedOperation, readonly Scope[]>()

/** The scopes that what an operation answers depends on: those of its fields, and all where it selects any `Node`. */
export function touchedScopes(schema: GraphQLSchema, operation: PreparedOperation): readonly Scope[] {
  const remembered = known.get(operation)
  if (remembered !== undefined) return remembered
  const touched = new Set<Scope>()
  const types = new TypeInfo(schema)
  const collect = visitWithTypeInfo(types, {
    [Kind.FIELD]() {
      const field = types.getFieldDef()
      const scope = field && scopeOf(field)
      if (scope) touched.add(scope)
      const type = types.getType()
      // Which object it is, and so which scope it needs, shows only when it is loaded.
      if (type && getNamedType(type).name === 'Node') for (const any of scopes) touched.add(any)
    },
  })
  for (const definition of [operation.node, ...operation.fragments]) visit(definition, collect)
  const sorted = [...touched].sort()
  known.set(operation, sorted)
  return sorted
}

/** The variable that says after which place a subscription begins, if it is used for nothing else. */
export function placeVariable({ node, fragments }: PreparedOperation): string | undefined {
  const [field] = node.selectionSet.selections
  if (field?.kind !== Kind.FIELD) return undefined
  const value = field.arguments?.find(({ name }) => name.value === 'after')?.value
  if (value?.kind !== Kind.VARIABLE) return undefined
  let uses = 0
  const count = {
    [Kind.VARIABLE]({ name }: VariableNode) {
      if (name.value === value.name.value) uses += 1
    },
  }
  for (const definition of [node.selectionSet, ...fragments]) visit(definition, count)
  return uses === 1 ? value.name.value : undefined
}
