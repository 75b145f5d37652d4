import { AsyncLocalStorage } from 'node:async_hooks'
import { CommitNotices } from './commit-notices.ts'
import { type FeedDatabases, type FeedSession, openSession } from './feed-session.ts'
import { LiveEvents } from './live-events.ts'
import type { Days, NewEvent } from './new-events.ts'
import { PageBudget } from './page-budget.ts'

const floorMs = 500
// Wakes that come closer together share a look at the log.
const gapMs = 5
const keptMs = 2_000
const maxBackoffMs = 5_000

/**
 * Reads each new event of the log once for the whole process, in all workspaces that are followed here, and hands it to
 * their followers. Commits here and messages of other processes wake it; every 500 ms it looks anyhow.
 */
export class EventFeed implements AsyncDisposable {
  /** What followers that read the log may hold of it. */
  readonly pages = new PageBudget()
  readonly #databases: FeedDatabases
  readonly #onError: (error: unknown) => void
  readonly #notices = new CommitNotices(async payload => this.#session?.notify(payload))
  // What wakes the feed is an operation; what the feed then reads is not that operation's.
  readonly #outside = AsyncLocalStorage.snapshot()
  readonly #live = new Map<string, LiveEvents>()
  readonly #woken = new Set<string>()
  #session: FeedSession | undefined
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<void> | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #allReadAt = performance.now()
  #failures = 0
  #stopped = false

  constructor(databases: FeedDatabases, onError: (error: unknown) => void) {
    this.#databases = databases
    this.#onError = onError
  }

  /** Begins to listen and to poll. Without a database it goes on trying. */
  async start(): Promise<void> {
    await this.#outside(() => this.#open())
  }

  /** Something was committed in this workspace: its followers here look at once, other processes are told. */
  wake(workspaceId: string): void {
    if (this.#stopped) return
    this.#outside(() => {
      this.#notices.add(workspaceId)
      this.#look(workspaceId)
    })
  }

  /** Milliseconds since the followed workspaces were last read; 0 when nobody follows and the database answers. */
  lagMs(): number {
    if (this.#session !== undefined && this.#live.size === 0) return 0
    return performance.now() - this.#allReadAt
  }

  /** How many followers there are. */
  get followers(): number {
    return this.#live.values().reduce((sum, live) => sum + live.followers, 0)
  }

  /** The live events of a workspace, for one more follower. */
  join(workspaceId: string, wake: () => void): LiveEvents {
    if (this.#live.size === 0 && this.#session !== undefined) this.#allReadAt = performance.now()
    const live = this.#live.get(workspaceId) ?? new LiveEvents(workspaceId)
    this.#live.set(workspaceId, live)
    live.join(wake)
    if (this.#stopped) live.close()
    this.#outside(() => this.#look(workspaceId))
    return live
  }

  /** One follower less. */
  leave(live: LiveEvents, wake: () => void): void {
    live.leave(wake)
    if (live.followers === 0 && this.#live.get(live.workspaceId) === live) this.#live.delete(live.workspaceId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#notices.stop()
    for (const live of this.#live.values()) live.close()
    const reading = this.#reading
    this.#session?.end()
    this.#session = undefined
    await reading
  }

  async #open(): Promise<void> {
    let session: FeedSession | undefined
    try {
      session = await openSession(this.#databases, {
        notified: payload => this.#notified(payload),
        lost: error => session !== undefined && this.#lose(session, error),
      })
    } catch (error) {
      return this.#retryLater(error)
    }
    if (this.#stopped) return session.end()
    this.#session = session
    if (this.#live.size === 0) this.#failures = 0
    // What was written while nobody listened.
    for (const workspaceId of this.#live.keys()) this.#woken.add(workspaceId)
    this.#schedule()
  }

  #lose(session: FeedSession, error: unknown): void {
    if (this.#session !== session) return
    this.#session = undefined
    if (this.#live.size === 0) this.#allReadAt = performance.now()
    session.end()
    this.#retryLater(error)
  }

  #retryLater(error: unknown): void {
    if (this.#stopped) return
    this.#onError(error)
    const backoffMs = Math.min(maxBackoffMs, 50 * 2 ** this.#failures)
    this.#failures += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#open(), backoffMs * (0.5 + Math.random() / 2))
  }

  #notified(payload: string): void {
    const named = this.#notices.read(payload)
    for (const workspaceId of named === 'all' ? this.#live.keys() : named) this.#look(workspaceId)
  }

  #look(workspaceId: string): void {
    if (!this.#live.has(workspaceId)) return
    this.#woken.add(workspaceId)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#session === undefined || this.#reading !== undefined || this.#live.size === 0) return
    clearTimeout(this.#timer)
    const dueAt = this.#woken.size > 0 ? this.#readAt + gapMs : this.#allReadAt + floorMs
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) this.#timer = setTimeout(() => this.#read(), waitMs)
    else this.#read()
  }

  #read(): void {
    const session = this.#session
    if (session === undefined || this.#reading !== undefined) return
    this.#reading = this.#readNews(session)
      .catch((error: unknown) => this.#lose(session, error))
      .finally(() => {
        this.#reading = undefined
        this.#schedule()
      })
  }

  async #readNews(session: FeedSession): Promise<void> {
    const startedAt = performance.now()
    const isFloor = startedAt - this.#allReadAt >= floorMs
    const due = [...(isFloor ? this.#live.keys() : this.#woken)].flatMap(id => this.#live.get(id) ?? [])
    this.#woken.clear()
    this.#readAt = startedAt
    const missed = await this.#readInto(session, due, 'around now')
    const missedLive = missed.map(({ live }) => live)
    for (const { live, last } of await this.#readInto(session, missedLive, 'all')) {
      // Not even there: expired meanwhile, or a gap. Its followers find out when they read the log.
      live.restart(last)
    }
    this.#failures = 0
    if (!isFloor) return
    this.#allReadAt = startedAt
    for (const live of due) live.forgetOlderThan(keptMs)
  }

  /** Reads what is new in these workspaces. Returns those where the events found don't reach what the counter says. */
  async #readInto(session: FeedSession, due: readonly LiveEvents[], days: Days) {
    if (due.length === 0) return []
    const limit = Math.max(20, Math.min(500, Math.floor(5_000 / due.length)))
    const ids = due.map(live => live.workspaceId)
    const heads = due.map(live => live.head)
    const news = await session.newEvents(ids, heads, limit, days)
    const byWorkspace = Map.groupBy(news, ({ followed }) => followed)
    return due.flatMap(live => {
      const found = byWorkspace.get(live.workspaceId)
      return found === undefined ? [] : this.#take(live, found, limit)
    })
  }

  #take(live: LiveEvents, found: readonly NewEvent[], limit: number): { live: LiveEvents; last: number }[] {
    const last = Number(found[0]?.last)
    const rows = found.flatMap(({ event }) => event ?? []).sort((a, b) => Number(a.sequence) - Number(b.sequence))
    if (live.head === undefined) {
      live.restart(last)
      return []
    }
    const isShort = rows.length < limit && last > live.head + rows.length
    if (isShort || !live.append(rows)) return [{ live, last }]
    if (rows.length === limit) this.#woken.add(live.workspaceId)
    return []
  }
}
