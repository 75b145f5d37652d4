import { type ExecutionResult, execute, type GraphQLError } from 'graphql'

type Args = Parameters<typeof execute>[0]

/** Makes of one item of a subscription's source what the client gets. Never throws. */
export type RunItem = (item: unknown) => Promise<ExecutionResult> | ExecutionResult

/** A subscription that was checked and has its source. */
export interface StartedSubscription {
  readonly source: AsyncIterable<unknown>
  /** A function that runs the operation for one item at a time, with a context of its own. */
  newRun(): RunItem
  /** An error of the source as clients may see it. */
  errorOf(error: unknown): GraphQLError
}

/** Runs an operation for items; `format` makes errors fit for clients, also those that break the execution itself. */
export function runItems(
  args: Args,
  contextValue: unknown,
  format: { result(result: ExecutionResult): ExecutionResult; error(error: unknown): ExecutionResult },
): RunItem {
  return item => {
    try {
      const result = execute({ ...args, contextValue, rootValue: item })
      if (!(result instanceof Promise)) return format.result(result as ExecutionResult)
      return result.then(format.result, format.error)
    } catch (error) {
      return format.error(error)
    }
  }
}
