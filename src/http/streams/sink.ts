import type { StreamResult } from './stream-result.ts'

/** Where the results of one subscription go. */
export interface Sink {
  /** Hands over results; they are on their way when it returns. Nothing happens when the client is gone. */
  write(results: readonly StreamResult[]): void
  /** Nothing can be sent any more. */
  readonly isOver: boolean
  /** Whoever can wait should, until {@link Sink.drained}. */
  readonly isFull: boolean
  /** So much waits for the client to read it that it must not get more of what others get. */
  readonly isLagging: boolean
  /** Resolves when there is room, or when nothing can be sent any more. */
  drained(): Promise<void>
}

/** More than so many bytes waiting: a client lags behind its group. */
export const laggingBytes = 128 * 1024
