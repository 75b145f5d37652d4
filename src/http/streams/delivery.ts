import { statementCount } from '../../database/statement-count.ts'
import type { StartedSubscription } from '../../graphql/started-subscription.ts'
import type { Subscriber } from './subscriber.ts'

/**
 * A delivery in the form in which graphql-ws runs subscriptions: it gives nothing, is done when the delivery is, and ends
 * it when it is returned. `onEnd` is called once, however it ends.
 */
export function delivery(
  subscriber: Subscriber,
  { errorOf }: StartedSubscription,
  counter: { statements: number },
  onEnd: () => void,
): AsyncGenerator<never, void> {
  let hasEnded = false
  const end = () => {
    if (hasEnded) return
    hasEnded = true
    onEnd()
  }
  const stop = async () => {
    subscriber.stop()
    end()
    return { done: true, value: undefined } as const
  }
  return {
    async next() {
      try {
        await statementCount.run(counter, () => subscriber.deliver())
        return { done: true, value: undefined }
      } catch (error) {
        throw errorOf(error)
      } finally {
        end()
      }
    },
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]() {
      return this
    },
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}
