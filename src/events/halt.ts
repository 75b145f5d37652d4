/** What one follower waits for, one thing at a time: stopping it ends any wait at once and leaves nothing behind. */
export class Halt {
  readonly #signal: AbortSignal | undefined
  #onWake: (() => void) | undefined
  #onStop: (() => void) | undefined
  #stopped = false

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
    if (signal?.aborted) this.#stopped = true
    else signal?.addEventListener('abort', this.stop)
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** Ends the wait of {@link woken}. */
  readonly wake = (): void => {
    this.#onWake?.()
  }

  /** Ends every wait, now and from now on. */
  readonly stop = (): void => {
    this.#stopped = true
    this.#signal?.removeEventListener('abort', this.stop)
    this.#onStop?.()
  }

  /** Resolves at the next wake, or when it is stopped. */
  async woken(): Promise<void> {
    if (this.#stopped) return
    await new Promise<void>(resolve => {
      this.#onWake = this.#onStop = resolve
    })
    this.#onWake = this.#onStop = undefined
  }

  /** What the promise brings; undefined when it is stopped before. */
  until<Result>(promise: Promise<Result>): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      const settled = <Value>(settle: (value: Value) => void) => {
        return (value: Value) => {
          this.#onStop = undefined
          settle(value)
        }
      }
      this.#onStop = () => resolve(undefined)
      promise.then(settled(resolve), settled(reject))
      if (this.#stopped) resolve(undefined)
    })
  }
}
