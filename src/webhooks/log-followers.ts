import type { EventFeed } from '../events/event-feed.ts'
import type { LiveEvents } from '../events/live-events.ts'

const maxSteps = 2
const busyRetryMs = 1_000
const failedRetryMs = 2_000
const refreshMs = 5_000

interface Follower {
  workspaceId: string
  live: LiveEvents
  wake: () => void
  isDue: boolean
  isStepping: boolean
  timer: NodeJS.Timeout | undefined
}

interface LogFollowersOptions {
  feed: EventFeed
  /** The workspaces to follow now. */
  list: () => Promise<readonly string[]>
  /** Takes one step through the log of a workspace. */
  step: (workspaceId: string) => Promise<'busy' | 'end' | 'more'>
  onError: (error: unknown) => void
}

/** Follows the logs of the workspaces that have webhooks: a step whenever there may be something new. */
export class LogFollowers {
  readonly #options: LogFollowersOptions
  readonly #followers = new Map<string, Follower>()
  readonly #stepping = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: LogFollowersOptions) {
    this.#options = options
  }

  /** Looks which workspaces there are to follow; does so by itself from then on. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      const wanted = new Set(await this.#options.list())
      if (this.#isStopped) return
      for (const workspaceId of wanted) if (!this.#followers.has(workspaceId)) this.#follow(workspaceId)
      for (const follower of this.#followers.values()) {
        if (!wanted.has(follower.workspaceId)) this.#unfollow(follower)
      }
    } catch (error) {
      this.#options.onError(error)
    }
    clearTimeout(this.#timer)
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.refresh(), refreshMs).unref()
  }

  /** Stops following and waits for the steps under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    for (const follower of this.#followers.values()) this.#unfollow(follower)
    await Promise.all(this.#stepping)
  }

  #follow(workspaceId: string): void {
    const wake = () => this.#due(follower)
    const live = this.#options.feed.join(workspaceId, wake)
    const follower: Follower = { workspaceId, live, wake, isDue: false, isStepping: false, timer: undefined }
    this.#followers.set(workspaceId, follower)
    this.#due(follower)
  }

  #unfollow(follower: Follower): void {
    clearTimeout(follower.timer)
    this.#followers.delete(follower.workspaceId)
    this.#options.feed.leave(follower.live, follower.wake)
  }

  #due(follower: Follower): void {
    follower.isDue = true
    this.#next()
  }

  #next(): void {
    for (const follower of this.#followers.values()) {
      if (this.#isStopped || this.#stepping.size >= maxSteps) return
      if (!follower.isDue || follower.isStepping) continue
      const stepping = this.#step(follower).finally(() => {
        this.#stepping.delete(stepping)
        this.#next()
      })
      this.#stepping.add(stepping)
    }
  }

  async #step(follower: Follower): Promise<void> {
    follower.isDue = false
    follower.isStepping = true
    clearTimeout(follower.timer)
    try {
      const state = await this.#options.step(follower.workspaceId)
      if (state === 'more') this.#again(follower)
      // Whoever is at it may die before it is done.
      if (state === 'busy') this.#later(follower, busyRetryMs)
    } catch (error) {
      this.#options.onError(error)
      this.#later(follower, failedRetryMs)
    } finally {
      follower.isStepping = false
    }
  }

  // Behind the others, so that one workspace with a long way to go does not hold them up.
  #again(follower: Follower): void {
    follower.isDue = true
    if (this.#followers.delete(follower.workspaceId)) this.#followers.set(follower.workspaceId, follower)
  }

  #later(follower: Follower, milliseconds: number): void {
    follower.timer = setTimeout(() => this.#due(follower), milliseconds).unref()
  }
}
