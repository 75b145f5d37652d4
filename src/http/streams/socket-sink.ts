import { type LoggedOperation, noteResult } from '../operation-log.ts'
import type { SocketSession } from '../socket-session.ts'
import type { Sink } from './sink.ts'
import type { StreamResult } from './stream-result.ts'
import { textFrame } from './text-frame.ts'

/** A subscription over a WebSocket: messages of graphql-transport-ws, of which only the id is the subscriber's own. */
export class SocketSink implements Sink {
  readonly #session: SocketSession
  readonly #logged: LoggedOperation
  readonly #head: Buffer

  constructor(session: SocketSession, id: string, logged: LoggedOperation) {
    this.#session = session
    this.#logged = logged
    this.#head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`)
  }

  write(results: readonly StreamResult[]): void {
    this.#session.writeFrames(results.flatMap(({ bytes }) => textFrame(this.#head, bytes)))
    this.#logged.results = (this.#logged.results ?? 0) + results.length
    for (const { result } of results) if (result.errors !== undefined) noteResult(this.#logged, result)
  }

  get isOver(): boolean {
    return this.#session.isOver
  }

  get isFull(): boolean {
    return this.#session.isFull
  }

  get isLagging(): boolean {
    return this.#session.isLagging
  }

  drained(): Promise<void> {
    return this.#session.drained()
  }
}
