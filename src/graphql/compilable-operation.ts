import { type GraphQLSchema, isNonNullType, Kind, OperationTypeNode, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { PreparedOperation } from './prepared-document.ts'
import { conditionVariables } from './specialised-document.ts'
import type { VariableValues } from './variable-values.ts'

/** What must hold of the variables of one request, so that the compiled operation does what graphql-js does. */
export interface CompilableOperation {
  /** Decide what the compiled operation looks like; each must be true or false. */
  readonly conditions: readonly string[]
  /** Stand inside of input literals, where the compiler takes an absent one for null. */
  readonly nested: ReadonlyMap<string, { mayBeNull: boolean }>
}

/** Whether and when an operation can be compiled; undefined: never. */
export function compilableOperation(
  schema: GraphQLSchema,
  operation: PreparedOperation,
): CompilableOperation | undefined {
  if (operation.node.operation !== OperationTypeNode.QUERY) return undefined
  const nested = new Map<string, { mayBeNull: boolean }>()
  let isCompilable = true
  const types = new TypeInfo(schema)
  const look = visitWithTypeInfo(types, {
    [Kind.FIELD]({ name, alias }) {
      // Introspection is rare and large. And the compiler names things by joining response names with `_`.
      if (name.value === '__schema' || name.value === '__type' || alias?.value.includes('_')) isCompilable = false
    },
    [Kind.VARIABLE]({ name: { value: name } }, _key, parent) {
      if (parent !== undefined && 'kind' in parent && isTopLevel(parent.kind)) return
      const type = types.getInputType()
      // Inside the literal of a custom scalar the compiler sees no variables at all.
      if (!type) isCompilable = false
      nested.set(name, { mayBeNull: !isNonNullType(type) && (nested.get(name)?.mayBeNull ?? true) })
    },
  })
  for (const definition of [operation.node, ...operation.fragments]) visit(definition, look)
  return isCompilable ? { conditions: conditionVariables(operation), nested } : undefined
}

function isTopLevel(kind: Kind): boolean {
  return kind === Kind.ARGUMENT || kind === Kind.VARIABLE_DEFINITION
}

/** Whether a request with these variables, as coerced, can run compiled. */
export function fits({ conditions, nested }: CompilableOperation, values: VariableValues): boolean {
  for (const name of conditions) if (typeof values[name] !== 'boolean') return false
  for (const [name, { mayBeNull }] of nested) {
    if (!Object.hasOwn(values, name) || (values[name] === null && !mayBeNull)) return false
  }
  return true
}
