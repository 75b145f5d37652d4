import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql'
import { CompiledExecution } from '../../src/graphql/compiled-execution.ts'
import type { Context } from '../../src/graphql/context.ts'
import { formatError } from '../../src/graphql/format-error.ts'
import { LeadingReads } from '../../src/graphql/leading-reads.ts'
import { type PreparedOperation, prepareDocument } from '../../src/graphql/prepared-document.ts'
import { variableValues } from '../../src/graphql/variable-values.ts'

/** What both engines make of a document; undefined where the document or its variables are refused before. */
export interface BothResults {
  graphql: Outcome
  /** Undefined: it is not run compiled. */
  compiled: Outcome | undefined
}

/** A result as it would be sent; errors sorted, those below one place that is null for them as one. */
export interface Outcome {
  data: string
  errors: string[]
}

export async function runBoth(
  schema: GraphQLSchema,
  text: string,
  variables: Record<string, unknown>,
  operationName: string,
  contextValue: () => Pick<Context, 'reads'>,
): Promise<BothResults | undefined> {
  const prepared = prepareDocument(schema, text)
  if ('errors' in prepared) return undefined
  const operation = operationName === '' ? [...prepared.operations.values()][0] : prepared.operations.get(operationName)
  if (operation === undefined) return undefined
  const checked = variableValues(schema, operation.node, variables)
  if ('errors' in checked) return undefined
  const compiler = new CompiledExecution(schema)
  if (compiler.execute(operation, contextValue(), checked.values) !== undefined) throw new Error('compiled at once')
  const leadingReads = new LeadingReads(schema).of(operation)
  const readyContext = async () => {
    const context = contextValue()
    for (const read of leadingReads) await read(context as never)
    return context
  }
  const compiled = compiler.execute(operation, await readyContext(), checked.values)
  const graphql = execute({
    schema,
    document: operation.document,
    operationName: operation.name,
    variableValues: variables,
    contextValue: await readyContext(),
  })
  return {
    graphql: outcome(operation, await graphql),
    compiled: compiled && outcome(operation, await compiled),
  }
}

function outcome(operation: PreparedOperation, result: ExecutionResult): Outcome {
  const errors = (result.errors ?? []).map(error => {
    if (!(error instanceof GraphQLError)) throw new Error('not an error of GraphQL')
    const formatted = formatError(error, { requestId: 'r', text: operation.text, report: () => {} })
    const nulled = nulledPosition(result.data, formatted.path ?? [])
    return JSON.stringify(nulled.length === formatted.path?.length ? formatted : { nulled })
  })
  return { data: JSON.stringify(result.data), errors: [...new Set(errors)].sort() }
}

// Where the answer is null because of an error. Of several errors below one such place, engines report one or more,
// as it happens.
function nulledPosition(data: unknown, path: readonly (string | number)[]): (string | number)[] {
  const position: (string | number)[] = []
  let value = data
  for (const step of path) {
    if (value === null || value === undefined) break
    value = (value as Record<string | number, unknown>)[step]
    position.push(step)
  }
  return position
}
