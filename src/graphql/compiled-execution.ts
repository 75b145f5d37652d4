import { createRequire } from 'node:module'
import type { ExecutionResult, GraphQLSchema } from 'graphql'
import type { CompiledQuery } from 'graphql-jit'
import type { SelectedColumns } from '../database/selected-columns.ts'
import { BoundedCache } from './bounded-cache.ts'
import { type CompilableOperation, compilableOperation, fits } from './compilable-operation.ts'
import { compilerSchema } from './compiler-schema.ts'
import type { Context } from './context.ts'
import { operationColumns } from './operation-columns.ts'
import type { PreparedOperation } from './prepared-document.ts'
import { specialisedDocument } from './specialised-document.ts'
import type { VariableValues } from './variable-values.ts'

// Compiling costs about 30 ms per thousand tokens, and whoever has a key decides what is compiled: at most a tenth of the
// time goes into it, and what finds no time left runs on graphql-js.
const shareOfTime = 0.1
const maxSavedMs = 500
// In characters of the documents compiled.
const maxKept = 300_000

const requireHere = createRequire(import.meta.url)

/** The compiler. It takes a tenth of a second to load: a start does without it, a request should not wait for it. */
export const loadCompiler = () => requireHere('graphql-jit') as typeof import('graphql-jit')

interface Known {
  id: number
  compilable: CompilableOperation | undefined
  sightings: number
}

/** What compileQuery made of an operation, and the columns it reads; null when it could not. */
type Compiled = { query: CompiledQuery['query']; columns: SelectedColumns } | null

/** Runs queries compiled by graphql-jit, from the second sighting of an operation on. */
export class CompiledExecution {
  readonly #schema: GraphQLSchema
  readonly #compilerSchema: GraphQLSchema
  readonly #known = new WeakMap<PreparedOperation, Known>()
  readonly #compiled = new BoundedCache<Compiled>(maxKept)
  #nextId = 0
  #savedMs = maxSavedMs
  #savedAt = performance.now()

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#compilerSchema = compilerSchema(schema)
  }

  /**
   * Runs an operation with coerced variables. Undefined: it must run on graphql-js, nothing of it has run yet.
   */
  execute(
    operation: PreparedOperation,
    contextValue: Pick<Context, 'reads'>,
    values: VariableValues,
  ): Promise<ExecutionResult> | ExecutionResult | undefined {
    const known = this.#known.get(operation) ?? this.#learn(operation)
    const { compilable } = known
    if (compilable === undefined || !fits(compilable, values)) return undefined
    known.sightings += 1
    if (known.sightings < 2) return undefined
    const variant = compilable.conditions.map(name => (values[name] ? 1 : 0)).join('')
    const key = `${known.id} ${variant}`
    const compiled = this.#compiled.get(key) ?? this.#compile(key, operation, values)
    if (!compiled) return undefined
    contextValue.reads = contextValue.reads.selecting(compiled.columns)
    return compiled.query(undefined, contextValue, values)
  }

  #learn(operation: PreparedOperation): Known {
    const known = { id: this.#nextId, compilable: compilableOperation(this.#schema, operation), sightings: 0 }
    this.#nextId += 1
    this.#known.set(operation, known)
    return known
  }

  #compile(key: string, operation: PreparedOperation, values: VariableValues): Compiled | undefined {
    if (this.#compiled.get(key) === null || !this.#hasTime()) return undefined
    const { compileQuery, isCompiledQuery } = loadCompiler()
    const started = performance.now()
    const document = specialisedDocument(operation, values)
    const compiled = compileQuery(this.#compilerSchema, document, operation.name, {
      disablingCapturingStackErrors: true,
      // Each check makes the place of an error that is not there; the schema says where one is needed.
      disableLeafSerialization: true,
    })
    const made = isCompiledQuery(compiled)
      ? { query: compiled.query, columns: operationColumns(this.#schema, operation) }
      : null
    this.#compiled.set(key, made, operation.text.length)
    this.#savedMs -= performance.now() - started
    return made
  }

  #hasTime(): boolean {
    const now = performance.now()
    this.#savedMs = Math.min(maxSavedMs, this.#savedMs + (now - this.#savedAt) * shareOfTime)
    this.#savedAt = now
    return this.#savedMs > 0
  }
}
