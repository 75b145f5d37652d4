import { type DocumentNode, GraphQLError, getIntrospectionQuery, Kind, parse, visit } from 'graphql'
import { type DocumentSize, measureDocument } from './document-size.ts'

/** What a document may have at most (api.md). */
export const operationLimits = {
  tokens: 2_000,
  depth: 15,
  aliases: 30,
  directives: 50,
  /** Levels of lists and objects in a literal or a variable. */
  nesting: 50,
} as const

const wholeSchema = measureDocument(
  parse(
    getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }),
  ),
)

// What introspections may be: twice what tools send, or a few levels more of `ofType`.
const introspectionLimits = {
  depth: wholeSchema.introspectionDepth + 5,
  weight: wholeSchema.introspectionWeight * 2,
}

/** A document that is too large in some way; `code` says which. */
export function limitError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}

/** What a parsed document is refused for before it is validated; undefined when it is small enough. */
export function refusalOfSize(document: DocumentNode): GraphQLError | undefined {
  const size = measureDocument(document)
  const { depth, aliases, directives, nesting } = operationLimits
  if (size.depth > depth) return limitError('DEPTH_LIMIT', `The query is deeper than ${depth} levels.`)
  if (size.nesting > nesting) return limitError('DEPTH_LIMIT', `A value is nested deeper than ${nesting} levels.`)
  if (size.aliases > aliases) return limitError('ALIAS_LIMIT', `The query has more than ${aliases} aliases.`)
  if (size.directives > directives)
    return limitError('DIRECTIVE_LIMIT', `The query has more than ${directives} directives.`)
  return refusalOfIntrospection(size)
}

function refusalOfIntrospection(size: DocumentSize): GraphQLError | undefined {
  if (size.introspectionDepth > introspectionLimits.depth)
    return limitError('DEPTH_LIMIT', `The introspection is deeper than ${introspectionLimits.depth} levels.`)
  if (size.introspectionWeight > introspectionLimits.weight)
    return limitError('COST_LIMIT', 'The introspection asks for more than twice the whole schema.')
  return undefined
}

/** Whether a document names anything `__proto__`, which some objects would take for their prototype. */
export function namesPrototype(text: string, document: DocumentNode): boolean {
  if (!text.includes('__proto__')) return false
  let found = false
  visit(document, {
    [Kind.NAME](node) {
      found ||= node.value === '__proto__'
    },
  })
  return found
}
