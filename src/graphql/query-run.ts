import { type Follower, Loading } from './loader.ts'
import type { VariableValues } from './variable-values.ts'

export type Data = Record<string, unknown>

/** Makes what is sent of what was resolved. */
export type Complete = (run: QueryRun, value: unknown) => unknown

/** What compiled execution cannot do, or must not: graphql-js does it. */
export class LeftToGraphql extends Error {
  override readonly name = 'LeftToGraphql'
}

/** One run of a compiled query. */
export class QueryRun {
  readonly contextValue: unknown
  readonly values: Record<string, unknown>
  readonly #args = new Map<object, Record<string, unknown>>()
  readonly #end = Promise.withResolvers<Data>()
  #data: Data = {}
  // The root counts as one.
  #awaited = 1
  #isOver = false

  constructor(contextValue: unknown, values: VariableValues) {
    this.contextValue = contextValue
    this.values = values
  }

  /** The data that `root` makes, as soon as nothing of it is awaited any more. */
  start(root: (run: QueryRun) => Data): Promise<Data> {
    try {
      this.#data = root(this)
      this.#arrived()
    } catch (error) {
      this.fail(error)
    }
    return this.#end.promise
  }

  /** The arguments of a field, read once. */
  argsOf(field: object, read: () => Record<string, unknown>): Record<string, unknown> {
    const known = this.#args.get(field)
    if (known !== undefined) return known
    const args = read()
    this.#args.set(field, args)
    return args
  }

  await(value: PromiseLike<unknown>, step: Step): void {
    this.#awaited += 1
    if (value instanceof Loading) value.follow(step)
    else {
      value.then(
        result => step.loaded(result),
        error => step.failed(error),
      )
    }
  }

  arrived(step: Step, value: unknown): void {
    if (this.#isOver) return
    try {
      step.put(value)
      this.#arrived()
    } catch (error) {
      this.fail(error)
    }
  }

  #arrived(): void {
    this.#awaited -= 1
    if (this.#awaited === 0) this.#end.resolve(this.#data)
  }

  fail(error: unknown): void {
    this.#isOver = true
    this.#end.reject(error)
  }
}

/** A value on its way to its place in the data. An object, since closures cost more. */
class Step implements Follower {
  readonly #run: QueryRun
  readonly #complete: Complete
  readonly #into: Data | unknown[]
  readonly #at: string | number

  constructor(run: QueryRun, complete: Complete, into: Data | unknown[], at: string | number) {
    this.#run = run
    this.#complete = complete
    this.#into = into
    this.#at = at
  }

  put(value: unknown): void {
    ;(this.#into as Data)[this.#at] = this.#complete(this.#run, value)
  }

  loaded(value: unknown): void {
    this.#run.arrived(this, value)
  }

  failed(error: unknown): void {
    this.#run.fail(error)
  }
}

/** The completed value; for one that is awaited null, which keeps its place until it is there. */
export function valueOrPlace(
  run: QueryRun,
  value: unknown,
  complete: Complete,
  into: Data | unknown[],
  at: string | number,
): unknown {
  if (!isPromise(value)) return complete(run, value)
  if (value instanceof Loading && value.isLoaded) return complete(run, value.value)
  run.await(value, new Step(run, complete, into, at))
  return null
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
