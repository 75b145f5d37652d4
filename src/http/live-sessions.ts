import type { KeyRing } from '../api-keys/key-ring.ts'
import type { Actor } from '../shared/actor.ts'

/** A WebSocket or an event stream, which outlives the check of its key. */
export interface LiveSession {
  readonly secret: string
  readonly actor: Actor
  /** Ends it: its key is no longer good. */
  end(): void
  /** Ends it when it has answered what it was asked: the gateway stops. */
  stop(): void
}

/** At most so many WebSockets and event streams of one key. */
const maxSessionsPerKey = 200

/** Everything that is open for longer than a request; closed soon after its key is revoked or expires. */
export class LiveSessions implements Disposable {
  readonly #keys: KeyRing
  readonly #onError: (error: unknown) => void
  readonly #byKey = new Map<string, Set<LiveSession>>()
  readonly #timer: NodeJS.Timeout

  constructor(keys: KeyRing, recheckMs: number, onError: (error: unknown) => void) {
    this.#keys = keys
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

  async #recheck(): Promise<void> {
    for (const [secret, sessions] of Map.groupBy(this.#all(), session => session.secret)) {
      try {
        const actor = await this.#keys.authenticate(secret)
        if (actor === undefined) for (const session of sessions) session.end()
      } catch (error) {
        // The database is away: what was good stays good until it is back.
        this.#onError(error)
      }
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
