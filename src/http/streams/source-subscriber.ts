import { setImmediate as turn } from 'node:timers/promises'
import type { StartedSubscription } from '../../graphql/started-subscription.ts'
import type { Sink } from './sink.ts'
import { StreamResult } from './stream-result.ts'

const turnItems = 10

/**
 * A subscriber to a source that is not the log: it takes the items one by one, as fast as its client reads. All subscriptions of
 * the gateway's own schema read the log; the tests' small schema has sources of this kind.
 */
export class SourceSubscriber {
  readonly place = undefined
  readonly #items: AsyncIterator<unknown>
  readonly #started: StartedSubscription
  readonly #sink: Sink
  #isStopped = false

  constructor(started: StartedSubscription, sink: Sink) {
    this.#started = started
    this.#items = started.source[Symbol.asyncIterator]()
    this.#sink = sink
  }

  /** Delivers until the stream ends or is stopped. Throws what ends it early. */
  async deliver(): Promise<void> {
    const run = this.#started.newRun()
    for (let given = 1; ; given += 1) {
      // A source that always has something must not keep everybody else from their turn.
      if (given % turnItems === 0) await turn()
      const { done, value } = await this.#items.next()
      if (done || this.#isStopped) return
      const result = await run(value)
      if (this.#isStopped) return
      this.#sink.write([new StreamResult(result)])
      if (this.#sink.isFull) await this.#sink.drained()
      // The source might have no end.
      if (this.#sink.isOver) return this.stop()
    }
  }

  /** Ends the delivery, and the source at once. */
  stop(): void {
    this.#isStopped = true
    this.#items.return?.()?.catch(() => {})
  }
}
