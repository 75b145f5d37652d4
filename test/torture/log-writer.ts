import { setTimeout as delay } from 'node:timers/promises'
import type { Databases } from '../../src/database/connect.ts'
import { appendEvents } from '../../src/events/append-event.ts'
import { Changes } from '../../src/events/changes.ts'
import type { EventFeed } from '../../src/events/event-feed.ts'
import type { Random } from '../../src/seed/random.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { addIds, idNumber } from './id-sum.ts'
import type { Journal } from './journal.ts'

const longShare = 0.02
const rollbackShare = 0.1

const drafts = [
  { type: 'order.updated', subjectType: 'Order' },
  { type: 'orders/invoice.updated', subjectType: 'Orders::Invoice' },
  { type: 'contact.updated', subjectType: 'Contact' },
] as const

class Refusal extends Error {}

/** Appends events as commands do: some transactions keep the log waiting, some are rolled back. */
export class LogWriter {
  readonly #databases: Databases
  readonly #feed: EventFeed
  readonly #journal: Journal

  constructor(databases: Databases, feed: EventFeed, journal: Journal) {
    this.#databases = databases
    this.#feed = feed
    this.#journal = journal
  }

  /** Returns how many events it added to the log. */
  async append(actor: Actor, count: number, random: Random): Promise<number> {
    const changes = new Changes()
    const isLong = random.chance(longShare)
    const isRefused = random.chance(rollbackShare)
    const holdMs = isLong ? random.between(50, 1_000) : 0
    for (let n = 0; n < count; n += 1) {
      const data = { n, text: 'x'.repeat(random.integer(20, 300)) }
      const { type, subjectType } = random.pick(drafts)
      changes.add(type, { subjectType, subjectId: String(random.integer(1, 999)), liveMode: true, data })
    }
    const ids = changes.events.map(({ id }) => id)
    const workspaceId = actor.workspace.id
    if (isLong) this.#journal.longTransactions += 1
    try {
      const last = await this.#databases.db.transaction().execute(async trx => {
        const last = await appendEvents(trx, actor, changes)
        if (isLong) await delay(holdMs)
        if (isRefused) throw new Refusal()
        return Number(last)
      })
      this.#journal.appends.push({ workspaceId, last, count, ids: ids.map(idNumber).reduce(addIds, 0) })
      this.#feed.wake(workspaceId)
      return count
    } catch (error) {
      if (error instanceof Refusal) this.#journal.rolledBack.push(...ids)
      else {
        this.#journal.doubtful += 1
        await delay(random.between(20, 300))
      }
      return 0
    }
  }
}
