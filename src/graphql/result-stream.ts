import type { ExecutionResult } from 'graphql'

/** The results of a subscription, pulled one by one. Ending it reaches the source also while a result is awaited. */
export type ResultStream = AsyncGenerator<ExecutionResult, void, void>

/** A stream with each of its results, and what it throws, passed through a function. */
export function resultStream(
  source: AsyncGenerator<ExecutionResult, void, void>,
  mapResult: (result: ExecutionResult) => ExecutionResult,
  mapError: (error: unknown) => unknown,
): ResultStream {
  const step = async (taken: Promise<IteratorResult<ExecutionResult, void>>) => {
    try {
      const result = await taken
      return result.done ? result : { done: false as const, value: mapResult(result.value) }
    } catch (error) {
      throw mapError(error)
    }
  }
  return {
    next: () => step(source.next()),
    return: () => step(source.return()),
    throw: error => step(source.throw(error)),
    [Symbol.asyncIterator]() {
      return this
    },
    async [Symbol.asyncDispose]() {
      await source.return()
    },
  }
}
