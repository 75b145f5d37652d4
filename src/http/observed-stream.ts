import { statementCount } from '../database/statement-count.ts'
import type { ResultStream } from '../graphql/result-stream.ts'
import { type LoggedOperation, noteResult } from './operation-log.ts'

/** A stream whose results and statements are counted for the access log. `onEnd` is called once, however it ends. */
export function observedStream(source: ResultStream, operation: LoggedOperation, onEnd: () => void): ResultStream {
  let hasEnded = false
  const end = () => {
    if (hasEnded) return
    hasEnded = true
    onEnd()
  }
  operation.results = 0
  return {
    async next() {
      try {
        const result = await statementCount.run(operation.counter, () => source.next())
        if (result.done) end()
        else if (!hasEnded) {
          operation.results = (operation.results ?? 0) + 1
          noteResult(operation, result.value)
        }
        return result
      } catch (error) {
        end()
        throw error
      }
    },
    return() {
      end()
      return source.return()
    },
    throw(error) {
      end()
      return source.throw(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
    async [Symbol.asyncDispose]() {
      await this.return()
    },
  }
}
