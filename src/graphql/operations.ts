import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql'
import type { Actor } from '../shared/actor.ts'
import { BoundedCache } from './bounded-cache.ts'
import { CompiledExecution } from './compiled-execution.ts'
import type { Context } from './context.ts'
import { type ErrorContext, formatError } from './format-error.ts'
import { LeadingReads } from './leading-reads.ts'
import { declareListCosts } from './list-costs.ts'
import { OperationCosts } from './operation-cost.ts'
import { type PreparedDocument, type PreparedOperation, prepareDocument } from './prepared-document.ts'
import { requestRefusal } from './request-refusal.ts'
import { runItems, type StartedSubscription } from './started-subscription.ts'
import { placeVariable, touchedScopes } from './touched-scopes.ts'
import { type VariableValues, variableValues } from './variable-values.ts'

// In characters of the documents; a parsed one takes some 40 times as much.
const maxKept = 2_000_000
// What keeping a document costs at least, however short it is.
const leastWeight = 200

/** What a client asks for, over any transport. */
export interface OperationRequest {
  query: string
  operationName?: string | null | undefined
  variables?: VariableValues | null | undefined
}

/** An operation that passed every check and can run. */
export interface AdmittedOperation {
  readonly operation: PreparedOperation
  readonly kind: OperationTypeNode
  readonly name: string | undefined
  readonly given: VariableValues
  readonly values: VariableValues
}

/** Either of them. */
type Admission = AdmittedOperation | { readonly errors: readonly GraphQLError[] }

const noVariables: VariableValues = Object.freeze({})

/** The one path of every operation over every transport: checks, limits, execution, errors as clients may see them. */
export class Operations {
  readonly #schema: GraphQLSchema
  readonly #documents = new BoundedCache<PreparedDocument>(maxKept)
  readonly #costs: OperationCosts
  readonly #compiled: CompiledExecution
  readonly #leadingReads: LeadingReads

  constructor(schema: GraphQLSchema) {
    declareListCosts(schema)
    this.#schema = schema
    this.#costs = new OperationCosts(schema)
    this.#compiled = new CompiledExecution(schema)
    this.#leadingReads = new LeadingReads(schema)
  }

  /** Parses, measures, validates, coerces the variables and counts the cost. Runs nothing. */
  admit(request: OperationRequest, context: ErrorContext): Admission {
    try {
      return this.#admit(request)
    } catch (error) {
      return { errors: [formatError(error, { ...context, text: request.query })] }
    }
  }

  #admit(request: OperationRequest): Admission {
    const document = this.#prepare(request.query)
    if ('errors' in document) return document
    const operation = findOperation(document.operations, request.operationName)
    if (operation === undefined) return { errors: [unknownOperation(request.operationName)] }
    const given = request.variables ?? noVariables
    const variables = variableValues(this.#schema, operation.node, given)
    if ('errors' in variables) return variables
    const { values } = variables
    const refusal = this.#costs.refusal(operation, given, values)
    if (refusal !== undefined) return { errors: [refusal] }
    return { operation, kind: operation.node.operation, name: operation.name, given, values }
  }

  #prepare(text: string): PreparedDocument {
    const known = this.#documents.get(text)
    if (known !== undefined) return known
    const document = prepareDocument(this.#schema, text)
    this.#documents.set(text, document, Math.max(text.length, leastWeight))
    return document
  }

  /** Runs a query or mutation. Never throws. */
  async execute(admitted: AdmittedOperation, contextValue: Context, context: ErrorContext): Promise<ExecutionResult> {
    try {
      for (const read of this.#leadingReads.of(admitted.operation)) await read(contextValue as never)
      const result = await this.#run(admitted, contextValue)
      return withFormattedErrors(result, admitted, context)
    } catch (error) {
      return { errors: [formatError(error, { ...context, text: admitted.operation.text })] }
    }
  }

  #run(admitted: AdmittedOperation, contextValue: Context): Promise<ExecutionResult> | ExecutionResult {
    const { operation, given, values } = admitted
    const compiled = this.#compiled.execute(operation, contextValue, values)
    if (compiled !== undefined) return compiled
    return execute({ ...executionArgs(this.#schema, operation, given), contextValue })
  }

  /**
   * Starts a subscription: its source and how to run its items, or why it does not start. Never throws. `newContext` makes
   * the context of the source, and one for each run.
   */
  async subscribe(
    admitted: AdmittedOperation,
    newContext: () => Context,
    context: ErrorContext,
  ): Promise<StartedSubscription | ExecutionResult> {
    const { operation, given } = admitted
    const args = executionArgs(this.#schema, operation, given)
    const errorOf = (error: unknown) => formatError(error, { ...context, text: operation.text })
    const format = {
      result: (result: ExecutionResult) => withFormattedErrors(result, admitted, context),
      error: (error: unknown) => ({ errors: [errorOf(error)] }),
    }
    try {
      const source = await createSourceEventStream({ ...args, contextValue: newContext() })
      if (!(Symbol.asyncIterator in source)) return format.result(source)
      return { source, newRun: () => runItems(args, newContext(), format), errorOf }
    } catch (error) {
      return format.error(error)
    }
  }

  /** What subscribers must have in common, with the workspace, to get the same for each item: `after` does not count. */
  groupKey({ operation, values }: AdmittedOperation, actor: Actor): string {
    const rights = touchedScopes(this.#schema, operation).filter(scope => actor.scopes.has(scope))
    const place = placeVariable(operation)
    const others = Object.entries(values).filter(([name]) => name !== place)
    return JSON.stringify([actor.workspace.id, actor.workspace.epoch, rights, operation.text, operation.name, others])
  }
}

// An empty name is taken for none, as clients mean it.
function findOperation(
  operations: ReadonlyMap<string, PreparedOperation>,
  name: string | null | undefined,
): PreparedOperation | undefined {
  if (name) return operations.get(name)
  const [only, ...others] = operations.values()
  return others.length === 0 ? only : undefined
}

function unknownOperation(name: string | null | undefined): GraphQLError {
  const message = name ? `The document has no operation "${name}".` : 'operationName must say which operation to run.'
  return requestRefusal('OPERATION_RESOLUTION_FAILURE', message)
}

function executionArgs(schema: GraphQLSchema, { document, name }: PreparedOperation, given: VariableValues) {
  return { schema, document, operationName: name, variableValues: given as Record<string, unknown> }
}

function withFormattedErrors(
  result: ExecutionResult,
  { operation }: AdmittedOperation,
  context: ErrorContext,
): ExecutionResult {
  if (result.errors === undefined) return result
  const errors = result.errors.map(error => formatError(error, { ...context, text: operation.text }))
  // In the order in which graphql-js writes them.
  return 'data' in result ? { errors, data: result.data ?? null } : { errors }
}
