import type { ServerResponse } from 'node:http'
import { type LoggedOperation, noteResult } from '../operation-log.ts'
import { laggingBytes, type Sink } from './sink.ts'
import type { StreamResult } from './stream-result.ts'

const emptyComment = ':\n\n'

/** A subscription over server-sent events; the last message's `id` is the place to resume after. */
export class EventStreamSink implements Sink {
  readonly #response: ServerResponse
  readonly #logged: LoggedOperation
  #drained: Promise<void> | undefined
  #waitsSince: number | undefined

  constructor(response: ServerResponse, logged: LoggedOperation) {
    this.#response = response
    this.#logged = logged
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    response.on('error', () => {})
    this.comment()
  }

  write(results: readonly StreamResult[]): void {
    const [first] = results
    if (first === undefined || this.isOver) return
    // Corked, a response would not notice that its socket is full.
    this.#response.write(results.length === 1 ? first.message : Buffer.concat(results.map(({ message }) => message)))
    this.#logged.results = (this.#logged.results ?? 0) + results.length
    for (const { result } of results) if (result.errors !== undefined) noteResult(this.#logged, result)
  }

  /** Keeps the connection alive, through proxies too. */
  comment(): void {
    if (!this.isOver && !this.isFull) this.#response.write(emptyComment)
  }

  /** Says that nothing follows, and ends. */
  complete(): void {
    if (!this.isOver) this.#response.end('event: complete\ndata:\n\n')
  }

  /** Ends without a word: the client may resume. */
  end(): void {
    if (!this.isOver) this.#response.end()
  }

  get isOver(): boolean {
    const { writableEnded, destroyed, socket } = this.#response
    // The socket knows first.
    return writableEnded || destroyed || socket?.destroyed === true
  }

  get isFull(): boolean {
    return this.#response.writableNeedDrain
  }

  get isLagging(): boolean {
    return this.#response.writableLength > laggingBytes
  }

  /** How long the client has left something unread, in milliseconds. */
  get stalledMs(): number {
    return this.#waitsSince === undefined ? 0 : performance.now() - this.#waitsSince
  }

  drained(): Promise<void> {
    if (!this.isFull || this.isOver) return Promise.resolve()
    this.#waitsSince ??= performance.now()
    this.#drained ??= new Promise(resolve => {
      const done = () => {
        this.#response.off('drain', done).off('close', done)
        this.#drained = this.#waitsSince = undefined
        resolve()
      }
      this.#response.once('drain', done).once('close', done)
    })
    return this.#drained
  }
}
