import {
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
import { withCode } from './request-refusal.ts'

/** The rules of validation that are about values, not about the shape of the query. */
export const literalRules: ReadonlySet<ValidationRule> = new Set([
  ValuesOfCorrectTypeRule,
  ProvidedRequiredArgumentsRule,
])

/** A rule whose errors are collected in a set as well. */
export function collecting(rule: ValidationRule, errors: Set<GraphQLError>): ValidationRule {
  return context => {
    const listening: ValidationContext = Object.create(context, {
      reportError: {
        value(error: GraphQLError) {
          errors.add(error)
          context.reportError(error)
        },
      },
    })
    return rule(listening)
  }
}

/** What is wrong with a literal, with its path from the argument's name down. */
export function literalError(document: DocumentNode, error: GraphQLError): GraphQLError {
  const [node] = error.nodes ?? []
  const missing =
    /^Field "(?:\w+\.)?(\w+)" of required type/.exec(error.message) ?? /argument "(\w+)" of type/.exec(error.message)
  const path = [
    ...(node === undefined ? [] : pathOf(document, node)),
    ...(missing?.[1] === undefined ? [] : [missing[1]]),
  ]
  return withCode(error, 'BAD_USER_INPUT', { path })
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
