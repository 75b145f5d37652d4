import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { Halt } from '../../events/halt.ts'
import type { RunItem } from '../../graphql/started-subscription.ts'
import type { LogSubscriber } from './log-subscriber.ts'
import { giveInBatches, toResult } from './result-batches.ts'
import type { StreamResult } from './stream-result.ts'

// How long a group waits for its members when most of them are full.
const paceMs = 25
// Whoever delivers for so long lets others have their turn.
const turnMs = 10

/** Subscribers who get the same: each event is run and written once for all of them. */
export class StreamGroup {
  /** Everything up to this sequence was handed to the members. */
  position: number
  readonly #members = new Set<LogSubscriber>()
  readonly #halt = new Halt(undefined)
  readonly #run: RunItem
  readonly #first: LogSubscriber['subscription']
  #isOver = false
  #saidAt = performance.now()
  #turnAt = performance.now()

  constructor({ position, subscription, started }: LogSubscriber) {
    this.position = position
    this.#first = subscription
    this.#run = started.newRun()
  }

  get size(): number {
    return this.#members.size
  }

  /** Takes a member that has got at least as far as the group; it gets what lies beyond its own place. */
  admit(member: LogSubscriber): boolean {
    if (this.#isOver || member.position < this.position) return false
    this.#members.add(member)
    return true
  }

  remove(member: LogSubscriber): void {
    if (!this.#members.delete(member)) return
    member.position = Math.max(member.position, this.position)
    if (this.#members.size === 0) this.#end()
  }

  /** Delivers until nobody is left, or it cannot go on: then the members go on alone. */
  async deliver(): Promise<void> {
    try {
      for await (const step of this.#first.steps(this.position, this.#halt)) {
        if (step.isOver) break
        await giveInBatches(step.items, {
          subscription: this.#first,
          run: this.#run,
          hand: results => this.#hand(results),
          isOver: () => false,
        })
        this.position = step.position
      }
    } catch {
      // Each member finds the reason for itself.
    } finally {
      this.#end()
      for (const member of this.#members) member.leave()
    }
  }

  /** Tells the members where they are, when they have heard nothing for so long. */
  async heartbeat(periodMs: number): Promise<void> {
    if (!this.#first.saysWhere || performance.now() - this.#saidAt < periodMs) return
    this.#saidAt = performance.now()
    const item = this.#first.heartbeat(this.position)
    const result = toResult(this.#first, item, await this.#run(item))
    if (this.position !== result.position) return
    for (const member of this.#members) {
      if (member.position <= this.position) member.take([result], this.position)
    }
  }

  #end(): void {
    this.#isOver = true
    this.#halt.stop()
  }

  async #hand(results: readonly StreamResult[]): Promise<void> {
    const first = results[0]?.position ?? 0
    const last = results.at(-1)?.position ?? 0
    for (const member of this.#members) {
      if (member.position < first) member.take(results, last)
      else if (member.position < last) member.take(beyond(results, member.position), last)
    }
    this.position = last
    this.#saidAt = performance.now()
    await this.#pace()
  }

  // Where most members are full it is not they who are slow: the network is, or this machine. Some are never waited for.
  async #pace(): Promise<void> {
    const full = [...this.#members].filter(({ isFull }) => isFull)
    if (full.length * 2 > this.#members.size) {
      const waited = new AbortController()
      const all = Promise.all(full.map(member => member.drained()))
      await Promise.race([all, sleep(paceMs, undefined, { signal: waited.signal }).catch(() => {})])
      waited.abort()
    } else if (performance.now() - this.#turnAt > turnMs) await turn()
    else return
    this.#turnAt = performance.now()
  }
}

function beyond(results: readonly StreamResult[], position: number): StreamResult[] {
  return results.filter(result => (result.position ?? 0) > position)
}
