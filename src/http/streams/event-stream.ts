import type { ServerResponse } from 'node:http'
import { requestRefusal } from '../../graphql/request-refusal.ts'
import type { StartedSubscription } from '../../graphql/started-subscription.ts'
import type { Timings } from '../gateway.ts'
import type { EventStreamSink } from './event-stream-sink.ts'
import { StreamResult } from './stream-result.ts'
import type { Subscriber } from './subscriber.ts'

const destroyAfterMs = 1_000
// A client that reads nothing is told why when it reads again.
const destroyLaggingAfterMs = 30_000

/** One subscription over server-sent events, until it ends, its client goes away or stops reading. */
export class EventStream {
  readonly #response: ServerResponse
  readonly #sink: EventStreamSink
  readonly #subscriber: Subscriber
  readonly #timings: Timings

  constructor(response: ServerResponse, sink: EventStreamSink, subscriber: Subscriber, timings: Timings) {
    this.#response = response
    this.#sink = sink
    this.#subscriber = subscriber
    this.#timings = timings
  }

  /** Delivers until the stream is over, and says why where the source failed. Never throws. */
  async deliver({ errorOf }: StartedSubscription): Promise<void> {
    const response = this.#response
    const stop = () => this.#subscriber.stop()
    response.once('close', stop)
    if (response.destroyed) stop()
    const watch = setInterval(() => this.#look(), Math.min(this.#timings.pingMs, this.#timings.stalledMs))
    try {
      await this.#subscriber.deliver()
    } catch (error) {
      this.#sink.write([new StreamResult({ errors: [errorOf(error)] })])
    } finally {
      clearInterval(watch)
      this.#sink.complete()
    }
  }

  /** Ends it without a word, so that the client can resume after the last id. */
  end(): void {
    this.#sink.end()
    this.#subscriber.stop()
    setTimeout(() => this.#response.destroy(), destroyAfterMs).unref()
  }

  #look(): void {
    if (this.#sink.isOver) return
    if (this.#sink.stalledMs > this.#timings.stalledMs) this.#giveUp()
    // The clock of a stream that nobody writes to begins here.
    else if (this.#sink.isFull) void this.#sink.drained()
    else this.#sink.comment()
  }

  #giveUp(): void {
    const cursor = this.#subscriber.place?.cursor
    const error = requestRefusal('LAGGING', 'The client reads too slowly. Continue from `cursor`.', {}, { cursor })
    this.#subscriber.stop()
    this.#sink.write([new StreamResult({ errors: [error] })])
    this.#sink.complete()
    setTimeout(() => this.#response.destroy(), destroyLaggingAfterMs).unref()
  }
}
