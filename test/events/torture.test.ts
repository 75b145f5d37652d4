import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendEvents } from '../../src/events/append-event.ts'
import { Changes } from '../../src/events/changes.ts'
import type { EventRow } from '../../src/events/event-store.ts'
import { type CommandContext, runCommand } from '../../src/idempotency/run-command.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { newActor, Process, range, sequences, write } from './event-log.ts'

let database: TestDatabase
let processes: Process[]
let actors: Actor[]

beforeAll(async () => {
  database = await createDatabase()
  processes = await Promise.all([Process.start(database.url), Process.start(database.url)])
  const [first] = processes
  actors = await Promise.all(range(1, 4).map(() => newActor((first as Process).databases)))
})
afterAll(async () => {
  for (const gateway of processes) await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const refusal = new Error('refused')
const random = (max: number) => Math.floor(Math.random() * max)
const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
const events = () => range(1, 1 + random(4)).map(() => ({ subjectId: String(1 + random(9)) }))

/** Writes until the time is over and some were refused: commits, rollbacks, now and then one that keeps the counter locked. */
async function writer(until: number): Promise<{ acknowledged: Map<Actor, number>; refused: number }> {
  const done = { acknowledged: new Map<Actor, number>(), refused: 0 }
  while (performance.now() < until || done.refused < 2) {
    const actor = pick(actors)
    const context = pick(processes).commands(actor)
    try {
      const kind = random(20)
      const last =
        kind === 0 ? await writeSlowly(context) : kind < 4 ? await refuse(context) : await write(context, ...events())
      done.acknowledged.set(actor, Math.max(last, done.acknowledged.get(actor) ?? 0))
    } catch (error) {
      if (error !== refusal) throw error
      done.refused += 1
    }
    await delay(random(4))
  }
  return done
}

async function refuse(context: CommandContext): Promise<never> {
  return runCommand(context, 'refuse', {}, async (trx, changes) => {
    changes.add('order.updated', { subjectType: 'Order', subjectId: '1', liveMode: true, data: {} })
    await appendEvents(trx, context.actor, changes)
    throw refusal
  }) as Promise<never>
}

async function writeSlowly(context: CommandContext): Promise<number> {
  const sequence = await context.db.transaction().execute(async trx => {
    const changes = new Changes()
    changes.add('order.updated', { subjectType: 'Order', subjectId: '1', liveMode: true, data: {} })
    const last = await appendEvents(trx, context.actor, changes)
    await delay(30 + random(70))
    if (random(2) === 0) throw refusal
    return last
  })
  context.committed(context.actor.workspace.id)
  return Number(sequence)
}

interface Ledger {
  actor: Actor
  start: number
  seen: EventRow[]
  cuts: number
}

/** Follows from somewhere, is cut again and again, resumes from the last event it saw, until it has seen the last one. */
async function follower(actor: Actor, written: Promise<Map<Actor, number>>): Promise<Ledger> {
  const ledger: Ledger = { actor, start: random(200), seen: [], cuts: -1 }
  let last: number | undefined
  void written.then(all => {
    last = all.get(actor)
  })
  const place = () => Number(ledger.seen.at(-1)?.sequence ?? ledger.start)
  const giveUpAt = performance.now() + 20_000
  while ((last === undefined || place() < last) && performance.now() < giveUpAt) {
    ledger.cuts += 1
    const controller = new AbortController()
    const stream = pick(processes).follow(actor, { after: String(place()), signal: controller.signal })
    const events = 1 + random(120)
    const timer = setTimeout(() => (random(2) ? controller.abort() : void stream.return()), 20 + random(400))
    let count = 0
    for await (const event of stream) {
      ledger.seen.push(event)
      count += 1
      if (count === events || place() === last) break
      if (random(50) === 0) await delay(random(20))
    }
    clearTimeout(timer)
  }
  return ledger
}

test('concurrent writers, rollbacks and slow transactions: who is cut and resumes sees each event once, in order', async () => {
  for (const actor of actors)
    for (const _ of range(1, 50)) await write((processes[0] as Process).commands(actor), {}, {}, {}, {})
  const until = performance.now() + 5_000
  const writers = Promise.all(range(1, 16).map(() => writer(until)))
  const written = writers.then(all => {
    const lasts = actors.map(actor => [actor, Math.max(...all.map(one => one.acknowledged.get(actor) ?? 0))] as const)
    return new Map(lasts)
  })
  const ledgers = await Promise.all(range(0, 39).map(n => follower(actors[n % 4] as Actor, written)))
  const lasts = await written
  expect((await writers).reduce((sum, { refused }) => sum + refused, 0)).toBeGreaterThan(20)
  expect(ledgers.reduce((sum, { cuts }) => sum + cuts, 0)).toBeGreaterThan(200)

  for (const actor of actors) {
    const log = await (processes[0] as Process).databases.db
      .selectFrom('events')
      .select(['sequence', 'id'])
      .where('workspace_id', '=', actor.workspace.id)
      .orderBy('sequence')
      .execute()
    const last = lasts.get(actor) ?? 0
    expect(last).toBeGreaterThan(300)
    expect(log.map(({ sequence }) => Number(sequence))).toEqual(range(1, log.length))
    const uuids = log.map(({ id }) => id)
    for (const { start, seen } of ledgers.filter(ledger => ledger.actor === actor)) {
      expect(sequences(seen)).toEqual(range(start + 1, last))
      expect(seen.map(event => event.event_id)).toEqual(uuids.slice(start, last))
      expect(new Set(seen.map(event => event.workspace_id))).toEqual(new Set([actor.workspace.id]))
    }
  }
  expect(processes.map(gateway => gateway.feed.followers)).toEqual([0, 0])
  expect(processes.flatMap(gateway => gateway.errors)).toEqual([])
})
