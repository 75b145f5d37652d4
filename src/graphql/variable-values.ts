import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { operationLimits } from './operation-limits.ts'
import { requestRefusal } from './request-refusal.ts'

const maxErrors = 20

export type VariableValues = Readonly<Record<string, unknown>>

/** The variables of a request as resolvers get them, or what is wrong with them. */
export function variableValues(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: VariableValues,
): { values: VariableValues } | { errors: readonly GraphQLError[] } {
  const definitions = operation.variableDefinitions ?? []
  const unsafe = unsafePath(given, operationLimits.nesting)
  if (unsafe !== undefined) return { errors: [unsafe] }
  if (definitions.length === 0) return { values: {} }
  const { coerced, errors } = getVariableValues(schema, definitions, given, { maxErrors })
  if (coerced !== undefined) return { values: coerced }
  const located = definitions.flatMap(definition => variableErrors(schema, definition, given)).slice(0, maxErrors)
  return { errors: located.length > 0 ? located : errors }
}

function variableErrors(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  given: VariableValues,
): GraphQLError[] {
  const name = definition.variable.name.value
  const type = typeFromAST(schema, definition.type)
  const refuse = (what: string, path: string[] = []) =>
    requestRefusal('BAD_USER_INPUT', what, { nodes: definition }, { path: [name, ...path] })
  if (!isInputType(type)) return [refuse(`Variable "$${name}" is of no input type.`)]
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  if (value === undefined) {
    const isMissing = definition.defaultValue === undefined && isNonNullType(type)
    return isMissing ? [refuse(`Variable "$${name}" of required type "${type}" was not provided.`)] : []
  }
  if (value === null) {
    return isNonNullType(type) ? [refuse(`Variable "$${name}" of type "${type}" must not be null.`)] : []
  }
  const errors: GraphQLError[] = []
  coerceInputValue(value, type, (path, _invalid, error) => {
    const named = /^Field "(\w+)" (?:of required type|is not defined)/.exec(error.message)?.[1]
    const steps = [...path.map(String), ...(named === undefined ? [] : [named])]
    errors.push(refuse(`Variable "$${name}" got an invalid value: ${error.message}`, steps))
  })
  return errors
}

// Walked with a bound, before anything walks it without one.
function unsafePath(value: unknown, levels: number, path: string[] = []): GraphQLError | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (levels < 0) {
    const message = `A variable is nested deeper than ${operationLimits.nesting} levels.`
    return requestRefusal('DEPTH_LIMIT', message, {}, { path: path.slice(0, 1) })
  }
  for (const key of Object.keys(value)) {
    const member = (value as VariableValues)[key]
    if (key === '__proto__') {
      return requestRefusal('BAD_USER_INPUT', 'A variable has a member "__proto__".', {}, { path: [...path, key] })
    }
    if (typeof member !== 'object' || member === null) continue
    const unsafe = unsafePath(member, levels - 1, [...path, key])
    if (unsafe !== undefined) return unsafe
  }
  return undefined
}
