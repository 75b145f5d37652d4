import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLError,
  Kind,
  ProvidedRequiredArgumentsRule,
  type ValidationContext,
  type ValidationRule,
  type ValueNode,
  ValuesOfCorrectTypeRule,
  visit,
} from 'graphql'
import { requestRefusal } from './request-refusal.ts'

/** The rules of validation that are about values, not about the shape of the query. */
export const literalRules: ReadonlySet<ValidationRule> = new Set([
  ValuesOfCorrectTypeRule,
  ProvidedRequiredArgumentsRule,
])

/** A rule that also notes each of its errors with the node it was at: scalars throw errors that name none. */
export function collecting(rule: ValidationRule, errors: Map<GraphQLError, ASTNode | undefined>): ValidationRule {
  return context => {
    let current: ASTNode | undefined
    const listening: ValidationContext = Object.create(context, {
      reportError: {
        value(error: GraphQLError) {
          errors.set(error, error.nodes?.[0] ?? current)
          context.reportError(error)
        },
      },
    })
    const visitor = rule(listening)
    const noting = Object.entries(visitor).map(([kind, visit]) => {
      if (typeof visit !== 'function') return [kind, visit]
      return [
        kind,
        (node: ASTNode) => {
          current = node
          return visit.call(visitor, node)
        },
      ]
    })
    return Object.fromEntries(noting)
  }
}

/** What is wrong with a literal, with its path from the argument's name down. */
export function literalError(
  document: DocumentNode,
  { message, nodes }: GraphQLError,
  node: ASTNode | undefined,
): GraphQLError {
  const missing = /^Field "(?:\w+\.)?(\w+)" of required type/.exec(message) ?? /argument "(\w+)" of type/.exec(message)
  const path = [
    ...(node === undefined ? [] : pathOf(document, node)),
    ...(missing?.[1] === undefined ? [] : [missing[1]]),
  ]
  return requestRefusal('BAD_USER_INPUT', message, { nodes: nodes ?? node }, { path })
}

function pathOf(document: DocumentNode, target: object): string[] {
  let path: string[] = []
  const look = (name: string, value: ValueNode | undefined) => {
    const found = value && pathInside(value, target, [name])
    if (found === undefined) return undefined
    path = found
    return BREAK
  }
  visit(document, {
    [Kind.ARGUMENT]: node => look(node.name.value, node.value),
    [Kind.VARIABLE_DEFINITION]: node => look(node.variable.name.value, node.defaultValue),
  })
  return path
}

function pathInside(value: ValueNode, target: object, path: string[]): string[] | undefined {
  if (value === target) return path
  const members =
    value.kind === Kind.LIST
      ? value.values.map((item, index) => ({ name: String(index), node: item, value: item }))
      : value.kind === Kind.OBJECT
        ? value.fields.map(field => ({ name: field.name.value, node: field, value: field.value }))
        : []
  for (const member of members) {
    const inside = [...path, member.name]
    const found = member.node === target ? inside : pathInside(member.value, target, inside)
    if (found !== undefined) return found
  }
  return undefined
}
