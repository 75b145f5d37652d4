import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { collecting, literalError, literalRules } from './literal-errors.ts'
import { limitError, namesPrototype, operationLimits, refusalOfSize } from './operation-limits.ts'
import { requestRefusal, withCode } from './request-refusal.ts'

const maxErrors = 20

/** One operation of a document that was checked: syntax, size, validity. */
export interface PreparedOperation {
  readonly document: DocumentNode
  readonly text: string
  readonly node: OperationDefinitionNode
  readonly fragments: readonly FragmentDefinitionNode[]
  /** Undefined for the only, nameless one of a document. */
  readonly name: string | undefined
}

/** The operations of a document by name (`''` for the nameless one), or why it is refused. */
export type PreparedDocument =
  | { readonly operations: ReadonlyMap<string, PreparedOperation> }
  | { readonly errors: readonly GraphQLError[] }

/** Parses a document, measures it, and validates it. Hostile ones are refused before they cost much. */
export function prepareDocument(schema: GraphQLSchema, text: string): PreparedDocument {
  try {
    const document = parseDocument(text)
    if (document instanceof GraphQLError) return { errors: [document] }
    const tooLarge = refusalOfSize(document)
    if (tooLarge !== undefined) return { errors: [tooLarge] }
    if (namesPrototype(text, document))
      return { errors: [requestRefusal('GRAPHQL_VALIDATION_FAILED', 'Nothing can be named "__proto__".')] }
    const errors = validationErrors(schema, document)
    return errors.length > 0 ? { errors } : { operations: operationsOf(text, document) }
  } catch (error) {
    if (error instanceof RangeError) return { errors: [limitError('DEPTH_LIMIT', 'The query is nested too deeply.')] }
    throw error
  }
}

function parseDocument(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text, { maxTokens: operationLimits.tokens })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return /tokens\. Parsing aborted/.test(error.message)
      ? limitError('TOKEN_LIMIT', `The query has more than ${operationLimits.tokens} tokens.`)
      : withCode(error, 'GRAPHQL_PARSE_FAILED')
  }
}

function validationErrors(schema: GraphQLSchema, document: DocumentNode): GraphQLError[] {
  const aboutLiterals = new Map<GraphQLError, ASTNode | undefined>()
  const rules = specifiedRules.map(rule => (literalRules.has(rule) ? collecting(rule, aboutLiterals) : rule))
  return validate(schema, document, rules, { maxErrors }).map(error =>
    aboutLiterals.has(error)
      ? literalError(document, error, aboutLiterals.get(error))
      : withCode(error, 'GRAPHQL_VALIDATION_FAILED'),
  )
}

function operationsOf(text: string, document: DocumentNode): Map<string, PreparedOperation> {
  const fragments = document.definitions.filter(definition => definition.kind === Kind.FRAGMENT_DEFINITION)
  const operations = document.definitions.filter(definition => definition.kind === Kind.OPERATION_DEFINITION)
  return new Map(
    operations.map(node => {
      const name = node.name?.value
      return [name ?? '', { document, text, node, fragments, name }]
    }),
  )
}
