import { type ExecutionResult, GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql'
import { ColumnUse } from '../database/column-use.ts'
import { ColumnNotAsked } from '../database/row-class.ts'
import { BoundedCache } from './bounded-cache.ts'
import { type CompiledQuery, compileQuery } from './compiled-query.ts'
import { conditionVariables } from './condition-variables.ts'
import type { Context } from './context.ts'
import type { PreparedOperation } from './prepared-document.ts'
import { LeftToGraphql } from './query-run.ts'
import type { VariableValues } from './variable-values.ts'

// In characters of the documents compiled.
const maxKept = 500_000

interface Known {
  id: number
  /** Decide what the compiled operation looks like. */
  conditions: readonly string[]
  sightings: number
}

/** A query with the columns it reads; null when it cannot be compiled. */
type Compiled = { query: CompiledQuery; columns: ColumnUse } | null

/**
 * Runs queries compiled, from the second sighting of an operation on, on rows that have no more columns than they read.
 * Everything that is an error is left to graphql-js, which knows how to place it.
 */
export class CompiledExecution {
  readonly #schema: GraphQLSchema
  readonly #known = new WeakMap<PreparedOperation, Known>()
  readonly #compiled = new BoundedCache<Compiled>(maxKept)
  #nextId = 0

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  /**
   * Runs an operation with coerced variables. Undefined, at once or in the end: graphql-js must run it, with the same
   * context.
   */
  execute(
    operation: PreparedOperation,
    contextValue: unknown,
    values: VariableValues,
  ): Promise<ExecutionResult | undefined> | undefined {
    if (operation.node.operation !== OperationTypeNode.QUERY) return undefined
    const known = this.#known.get(operation) ?? this.#learn(operation)
    known.sightings += 1
    if (known.sightings < 2) return undefined
    if (known.conditions.some(name => typeof values[name] !== 'boolean')) return undefined
    const key = `${known.id} ${known.conditions.map(name => (values[name] ? 1 : 0)).join('')}`
    let compiled = this.#compiled.get(key)
    if (compiled === undefined) {
      compiled = this.#compile(operation, values)
      this.#compiled.set(key, compiled, operation.text.length)
    }
    return compiled === null ? undefined : run(compiled, contextValue, values)
  }

  #learn(operation: PreparedOperation): Known {
    const known = { id: this.#nextId, conditions: conditionVariables(operation), sightings: 0 }
    this.#nextId += 1
    this.#known.set(operation, known)
    return known
  }

  #compile(operation: PreparedOperation, values: VariableValues): Compiled {
    try {
      return { query: compileQuery(this.#schema, operation, values), columns: new ColumnUse() }
    } catch (error) {
      if (error instanceof LeftToGraphql || error instanceof GraphQLError) return null
      throw error
    }
  }
}

async function run(
  { query, columns }: { query: CompiledQuery; columns: ColumnUse },
  contextValue: unknown,
  values: VariableValues,
): Promise<ExecutionResult | undefined> {
  const context = hasReads(contextValue) ? contextValue : undefined
  const reads = context?.reads
  for (const isWhole of [false, true]) {
    const columnRun = columns.startRun(isWhole)
    if (context && reads) context.reads = reads.forRun(columnRun)
    try {
      const data = await query(contextValue, values)
      columnRun.keep()
      return { data }
    } catch (error) {
      const isForGraphql = error instanceof GraphQLError || error instanceof LeftToGraphql
      if (context && reads) {
        context.loaders = new Map()
        // What the database refused is not asked of it again, only placed.
        context.reads = isForGraphql ? reads : reads.failing(error)
      }
      if (!(error instanceof ColumnNotAsked)) return undefined
    }
  }
  return undefined
}

function hasReads(contextValue: unknown): contextValue is Pick<Context, 'reads' | 'loaders'> {
  return typeof contextValue === 'object' && contextValue !== null && 'reads' in contextValue
}
