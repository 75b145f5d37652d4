import { statementCount } from '../../database/statement-count.ts'
import type { LogSubscriber } from './log-subscriber.ts'
import { StreamGroup } from './stream-group.ts'

/** All groups of subscribers in this process. */
export class StreamGroups implements Disposable {
  /** After so long without an item the members hear where they are. */
  readonly heartbeatMs: number
  readonly #byKey = new Map<string, StreamGroup>()
  readonly #byMember = new Map<LogSubscriber, StreamGroup>()
  readonly #timer: NodeJS.Timeout

  constructor(heartbeatMs: number) {
    this.heartbeatMs = heartbeatMs
    this.#timer = setInterval(
      () => {
        for (const group of this.#byKey.values()) void group.heartbeat(heartbeatMs)
      },
      Math.min(1_000, heartbeatMs / 2),
    ).unref()
  }

  /** The group a subscriber is in. */
  of(member: LogSubscriber): StreamGroup | undefined {
    return this.#byMember.get(member)
  }

  /** Puts a subscriber that has caught up into its group; false: the group is ahead of it. */
  admit(member: LogSubscriber): boolean {
    const group = this.#byKey.get(member.key) ?? new StreamGroup(member)
    if (!group.admit(member)) return false
    this.#byMember.set(member, group)
    if (this.#byKey.has(member.key)) return true
    this.#byKey.set(member.key, group)
    // The statements of a group are no member's.
    void statementCount.run({ statements: 0 }, () => group.deliver()).finally(() => this.#forget(member.key, group))
    return true
  }

  /** Takes a subscriber out of its group. */
  leave(member: LogSubscriber): void {
    const group = this.#byMember.get(member)
    if (group === undefined) return
    this.#byMember.delete(member)
    group.remove(member)
    if (group.size === 0) this.#forget(member.key, group)
  }

  #forget(key: string, group: StreamGroup): void {
    if (this.#byKey.get(key) === group) this.#byKey.delete(key)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
