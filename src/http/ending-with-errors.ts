import type { GraphQLError } from 'graphql'
import type { ResultStream } from '../graphql/result-stream.ts'

/** Where the source throws, this stream ends with a result that says why: an event stream can say it in no other way. */
export function endingWithErrors(source: ResultStream): ResultStream {
  return {
    async next() {
      try {
        return await source.next()
      } catch (error) {
        return { done: false, value: { errors: [error as GraphQLError] } }
      }
    },
    return: () => source.return(),
    throw: error => source.throw(error),
    [Symbol.asyncIterator]() {
      return this
    },
    async [Symbol.asyncDispose]() {
      await source.return()
    },
  }
}
