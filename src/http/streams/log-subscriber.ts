import { Halt } from '../../events/halt.ts'
import type { LogSubscription } from '../../events/log-subscription.ts'
import type { StreamItem } from '../../events/stream-item.ts'
import type { RunItem, StartedSubscription } from '../../graphql/started-subscription.ts'
import { giveInBatches } from './result-batches.ts'
import type { Sink } from './sink.ts'
import type { StreamGroups } from './stream-groups.ts'
import type { StreamResult } from './stream-result.ts'

/**
 * One subscriber to the log. On its own, at its own pace, until it has caught up; then it gets what its group gets; when it
 * lags behind the group it is on its own again.
 */
export class LogSubscriber {
  readonly key: string
  readonly subscription: LogSubscription
  readonly started: StartedSubscription
  /** Everything up to this sequence was handed over or passed over. */
  position: number
  readonly #groups: StreamGroups
  readonly #sink: Sink
  readonly #run: RunItem
  #halt = new Halt(undefined)
  #leaveGroup: (() => void) | undefined
  #hasCaughtUp = false
  #saidAt = performance.now()
  #isStopped = false

  constructor(
    groups: StreamGroups,
    key: string,
    started: StartedSubscription & { source: LogSubscription },
    sink: Sink,
  ) {
    this.#groups = groups
    this.key = key
    this.started = started
    this.subscription = started.source
    this.position = started.source.start
    this.#run = started.newRun()
    this.#sink = sink
  }

  /** The place that the client has got up to, once it has read what was sent. */
  get place(): { position: number; cursor: string } {
    const position = Math.max(this.position, this.#groups.of(this)?.position ?? 0)
    return { position, cursor: this.subscription.cursorAt(position) }
  }

  /** Delivers until the stream ends or is stopped. Throws what ends it early. */
  async deliver(): Promise<void> {
    const { items, isOver } = this.subscription.opening()
    await this.#give(items)
    if (isOver) return
    while (!this.#isStopped && (await this.#alone())) await this.#inGroup()
  }

  /** Ends the delivery at once. */
  stop(): void {
    this.#isStopped = true
    this.#halt.stop()
    this.leave()
  }

  /** Takes what its group gets. */
  take(results: readonly StreamResult[], position: number): void {
    this.#sink.write(results)
    this.position = position
    if (this.#sink.isLagging) this.leave()
  }

  /** Whether it should not get more just now. */
  get isFull(): boolean {
    return this.#sink.isFull
  }

  /** Resolves when it can get more, or is gone. */
  drained(): Promise<void> {
    return this.#sink.drained()
  }

  /** Leaves its group, if it is in one. */
  leave(): void {
    this.#groups.leave(this)
    this.#leaveGroup?.()
  }

  /** Whether it has joined a group; otherwise the stream is over. */
  async #alone(): Promise<boolean> {
    this.#halt = new Halt(undefined)
    await this.#sink.drained()
    if (this.#isStopped) return false
    for await (const step of this.subscription.steps(this.position, this.#halt)) {
      await this.#give(step.items)
      if (this.#isStopped || step.isOver) return false
      this.position = step.position
      if (step.isCaughtUp) {
        await this.#sayCaughtUp()
        if (!this.#isStopped && this.#groups.admit(this)) return true
      } else await this.#sayHeartbeat()
    }
    return false
  }

  async #inGroup(): Promise<void> {
    if (this.#groups.of(this) === undefined) return
    await new Promise<void>(resolve => {
      this.#leaveGroup = resolve
    })
    this.#leaveGroup = undefined
  }

  async #give(items: readonly StreamItem[]): Promise<void> {
    await giveInBatches(items, {
      subscription: this.subscription,
      run: this.#run,
      hand: results => this.#hand(results),
      isOver: () => this.#isStopped,
    })
    if (this.#sink.isFull) await this.#sink.drained()
  }

  async #hand(results: readonly StreamResult[]): Promise<void> {
    this.#sink.write(results)
    if (this.#sink.isOver) this.stop()
    this.position = results.at(-1)?.position ?? this.position
    this.#saidAt = performance.now()
    if (this.#sink.isFull) await this.#sink.drained()
  }

  async #sayCaughtUp(): Promise<void> {
    if (this.#hasCaughtUp || !this.subscription.saysWhere) return
    this.#hasCaughtUp = true
    await this.#give([this.subscription.caughtUp(this.position)])
  }

  // While it reads a long stretch of the log that its filter leaves out.
  async #sayHeartbeat(): Promise<void> {
    if (!this.subscription.saysWhere || performance.now() - this.#saidAt < this.#groups.heartbeatMs) return
    await this.#give([this.subscription.heartbeat(this.position)])
  }
}
