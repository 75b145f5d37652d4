import { setTimeout as delay } from 'node:timers/promises'
import type { RunningServer } from './run-server.ts'

const LOOK_MS = 200
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
// One that ends sooner counts as a failed start.
const STEADY_MS = 30_000

/** Starts a server again that has ended. */
type Rerun = (ended: RunningServer, signal: AbortSignal) => Promise<RunningServer>

/** Watches over a server and starts it again whenever it ends: at once, and after longer and longer pauses while that fails. */
export class ServerKeeper {
  readonly #rerun: Rerun
  readonly #log: (line: string) => void
  readonly #leave = new AbortController()
  readonly #keeping: Promise<void>
  #server: RunningServer

  constructor(server: RunningServer, rerun: Rerun, log: (line: string) => void) {
    this.#server = server
    this.#rerun = rerun
    this.#log = log
    // The only thing that ends it early is that it is left.
    this.#keeping = this.#keep(this.#leave.signal).catch(() => {})
  }

  /** Gives up watching; the server that was watched last, which may have ended. */
  async leave(): Promise<RunningServer> {
    this.#leave.abort()
    await this.#keeping
    return this.#server
  }

  async #keep(signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      const begin = performance.now()
      while (!(await this.#server.exited(0))) await pause(LOOK_MS, signal)
      signal.throwIfAborted()
      if (performance.now() - begin > STEADY_MS) failures = 0
      const pauseMs = failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
      this.#log(`PostgreSQL has ended; starting it again${pauseMs === 0 ? '' : ` in ${pauseMs / 1000} s`}`)
      await pause(pauseMs, signal)
      try {
        this.#server = await this.#rerun(this.#server, signal)
        this.#log('PostgreSQL is back')
      } catch (error) {
        signal.throwIfAborted()
        this.#log(`PostgreSQL did not start: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
}

// The watch alone keeps no process alive.
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal, ref: false })
}
