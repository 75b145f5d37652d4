import type { Actor } from '../shared/actor.ts'

/** A WebSocket or an event stream, which outlives the check of its key. */
export interface LiveSession {
  readonly actor: Actor
  /** Who it speaks for now; undefined when its key is no longer good. */
  authenticate(): Promise<Actor | undefined>
  /** Ends it: its key is no longer good. */
  end(): void
  /** Ends it when it has answered what it was asked: the gateway stops. */
  stop(): void
}

/** At most so many WebSockets and event streams of one key. */
const maxSessionsPerKey = 200

/** So many keys are checked at once. */
const maxChecks = 8

/** Everything that is open for longer than a request; closed soon after its key is revoked or expires. */
export class LiveSessions implements Disposable {
  readonly #onError: (error: unknown) => void
  readonly #byKey = new Map<string, Set<LiveSession>>()
  readonly #timer: NodeJS.Timeout
  #isRechecking = false

  constructor(recheckMs: number, onError: (error: unknown) => void) {
    this.#onError = onError
    this.#timer = setInterval(() => void this.#recheck(), recheckMs)
    this.#timer.unref()
  }

  /** Takes a session in; false when its key has too many. */
  add(session: LiveSession): boolean {
    const sessions = this.#byKey.get(session.actor.id) ?? new Set()
    if (sessions.size >= maxSessionsPerKey) return false
    sessions.add(session)
    this.#byKey.set(session.actor.id, sessions)
    return true
  }

  remove(session: LiveSession): void {
    const sessions = this.#byKey.get(session.actor.id)
    if (sessions?.delete(session) && sessions.size === 0) this.#byKey.delete(session.actor.id)
  }

  /** Ends them all: the gateway stops. */
  stop(): void {
    for (const session of this.#all()) session.stop()
  }

  #all(): LiveSession[] {
    return [...this.#byKey.values()].flatMap(sessions => [...sessions])
  }

  // One run at a time; what comes meanwhile waits for the next.
  async #recheck(): Promise<void> {
    if (this.#isRechecking) return
    this.#isRechecking = true
    const waiting = [...this.#byKey.values()]
    const checkNext = async () => {
      for (let sessions = waiting.pop(); sessions !== undefined; sessions = waiting.pop()) await check(sessions)
    }
    try {
      await Promise.all(Array.from({ length: maxChecks }, checkNext))
    } catch (error) {
      // The database is away: what was good stays good until it is back.
      waiting.length = 0
      this.#onError(error)
    } finally {
      this.#isRechecking = false
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

async function check(sessions: ReadonlySet<LiveSession>): Promise<void> {
  const [first] = sessions
  if (first === undefined) return
  const actor = await first.authenticate()
  for (const session of sessions) {
    if (actor === undefined) session.end()
    // The database was restored: places in the log are no longer what this session takes them for.
    else if (actor.workspace.epoch !== session.actor.workspace.epoch) session.stop()
  }
}
