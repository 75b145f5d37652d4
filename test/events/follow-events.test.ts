import { getEventListeners } from 'node:events'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventsExpired } from '../../src/events/follow-log.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { newActor, Process, range, sequences, take, write } from './event-log.ts'

let database: TestDatabase
let gateway: Process

beforeAll(async () => {
  database = await createDatabase()
  gateway = await Process.start(database.url)
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function actorWith(events: number): Promise<Actor> {
  const actor = await newActor(gateway.databases)
  for (let left = events; left > 0; left -= 100) {
    await write(gateway.commands(actor), ...Array.from({ length: Math.min(left, 100) }, () => ({})))
  }
  return actor
}

test('the log comes first, then what happens, without a seam', async () => {
  const actor = await actorWith(1_200)
  const stream = gateway.follow(actor, { after: '100' })
  expect(sequences(await take(stream, 1_100))).toEqual(range(101, 1_200))
  const next = take(stream, 3)
  await write(gateway.commands(actor), {}, {}, {})
  expect(sequences(await next)).toEqual([1_201, 1_202, 1_203])
  await stream.return()
})

test('without a place it starts with what is written after the call', async () => {
  const actor = await actorWith(3)
  const stream = gateway.follow(actor)
  const taken = take(stream, 1)
  await expect.poll(() => gateway.feed.followers).toBe(1)
  await write(gateway.commands(actor), { type: 'order.created' })
  const [event] = await taken
  expect(event).toMatchObject({ sequence: '4', id: '4', type: 'order.created', subject_type: 'Order', live_mode: true })
  await stream.return()
})

test('only matching events come, the place moves on regardless', async () => {
  const actor = await actorWith(0)
  const stream = gateway.follow(actor, { after: '0', matches: event => event.type === 'order.completed' })
  const found = take(stream, 2)
  await write(gateway.commands(actor), {}, { type: 'order.completed' }, {})
  await write(gateway.commands(actor), {}, { type: 'order.completed' })
  expect(sequences(await found)).toEqual([2, 5])
  await stream.return()
})

test('return ends a stream that waits, at once, and leaves nothing behind', async () => {
  const actor = await actorWith(1)
  const before = gateway.feed.followers
  const { signal } = new AbortController()
  const stream = gateway.follow(actor, { after: '1', signal })
  const pending = stream.next()
  await expect.poll(() => gateway.feed.followers).toBe(before + 1)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  let ended = 0
  const returned = stream.return().finally(() => ended++)
  pending.finally(() => ended++)
  // At once means without waiting for anything: no timer, no answer of the database.
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  expect(ended).toBe(2)
  expect(await returned).toEqual({ done: true, value: undefined })
  expect(await pending).toEqual({ done: true, value: undefined })
  expect(gateway.feed.followers).toBe(before)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(await stream.next()).toEqual({ done: true, value: undefined })
})

test('the signal ends a stream that waits, and one that has not begun', async () => {
  const actor = await actorWith(1)
  const controller = new AbortController()
  const stream = gateway.follow(actor, { after: '1', signal: controller.signal })
  const pending = stream.next()
  await expect.poll(() => gateway.feed.followers).toBe(1)
  controller.abort()
  expect(await pending).toEqual({ done: true, value: undefined })
  expect(gateway.feed.followers).toBe(0)
  const late = gateway.follow(actor, { after: '0', signal: controller.signal })
  expect(await late.next()).toEqual({ done: true, value: undefined })
})

test('a stream that was never asked for anything is given back without a trace', async () => {
  const actor = await actorWith(1)
  const { signal } = new AbortController()
  const stream = gateway.follow(actor, { after: '0', signal })
  await stream.return()
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(gateway.feed.followers).toBe(0)
})

test('leaving the loop in the middle of the log ends the stream', async () => {
  const actor = await actorWith(10)
  for await (const event of gateway.follow(actor, { after: '0' })) if (event.sequence === '5') break
  expect(gateway.feed.followers).toBe(0)
})

test('streams end with their feed', async () => {
  const actor = await actorWith(1)
  const other = await Process.start(database.url)
  const pending = other.follow(actor, { after: '1' }).next()
  await expect.poll(() => other.feed.followers).toBe(1)
  await other[Symbol.asyncDispose]()
  expect(await pending).toEqual({ done: true, value: undefined })
})

test('a follower that stands still holds nobody up, keeps nothing and goes on where it stood', async () => {
  const actor = await actorWith(0)
  const [stalled, steady] = [gateway.follow(actor, { after: '0' }), gateway.follow(actor, { after: '0' })]
  const first = take(stalled, 1)
  const characters = 40_000
  await write(gateway.commands(actor), {})
  await first
  const { gc } = await collector()
  const startedWith = await gc()
  let read = take(steady, 1)
  for (let written = 1; written < 1_001; written += 10) {
    await read
    read = take(steady, 10).then(events => events.slice(-1))
    await write(gateway.commands(actor), ...range(1, 10).map(() => ({ data: { pad: 'x'.repeat(characters) } })))
  }
  expect(sequences(await read)).toEqual([1_001])
  // 1,000 events of 40,000 characters went by.
  expect((await gc()) - startedWith).toBeLessThan(8_000_000)
  expect(sequences(await take(stalled, 1_000))).toEqual(range(2, 1_001))
  await Promise.all([stalled.return(), steady.return()])
})

async function collector() {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  return {
    async gc() {
      await delay(20)
      collect()
      return process.memoryUsage().heapUsed
    },
  }
}

test('a place before the earliest kept event is refused with the place to go on from', async () => {
  const actor = await actorWith(10)
  await gateway.databases.db
    .deleteFrom('events')
    .where('workspace_id', '=', actor.workspace.id)
    .where('sequence', '<=', '4')
    .execute()
  const refused = await gateway
    .follow(actor, { after: '3' })
    .next()
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(EventsExpired)
  expect(refused).toMatchObject({ begin: '4' })
  const stream = gateway.follow(actor, { after: '4' })
  expect(sequences(await take(stream, 6))).toEqual(range(5, 10))
  await stream.return()
  await gateway.databases.db.deleteFrom('events').where('workspace_id', '=', actor.workspace.id).execute()
  await expect(gateway.follow(actor, { after: '4' }).next()).rejects.toMatchObject({ begin: '10' })
})

test('a sequence that is missing is an error, not silence', async () => {
  const actor = await actorWith(10)
  const { id } = actor.workspace
  const { db } = gateway.databases
  await db.deleteFrom('events').where('workspace_id', '=', id).where('sequence', '=', '6').execute()
  const stream = gateway.follow(actor, { after: '0' })
  expect(sequences(await take(stream, 5))).toEqual(range(1, 5))
  await expect(stream.next()).rejects.toThrow(`the event log of workspace ${id} has a gap: 5 is followed by 7`)

  const live = gateway.follow(actor, { after: '10' })
  const next = live.next()
  await delay(100)
  await sql`update workspace_counters set last_sequence = 11 where workspace_id = ${id}`.execute(db)
  await expect(next).rejects.toThrow(`the event log of workspace ${id} has a gap: nothing follows 10, up to 11`)
  expect(gateway.feed.followers).toBe(0)
})

test('an event whose clock was hours off still comes', async () => {
  const actor = await actorWith(2)
  const { id } = actor.workspace
  const stream = gateway.follow(actor, { after: '2' })
  const next = take(stream, 2)
  await delay(100)
  await gateway.databases.db.transaction().execute(async trx => {
    await sql`update workspace_counters set last_sequence = 3 where workspace_id = ${id}`.execute(trx)
    await sql`
      insert into events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, data, actor_type, actor_id)
      values (${id}, 3, now() - interval '5 hours', gen_random_uuid(), 'order.updated', 'Order', 1, '{}', 'x', 1)`.execute(
      trx,
    )
  })
  await write(gateway.commands(actor), {})
  expect(sequences(await next)).toEqual([3, 4])
  await stream.return()
})

test('a commit here reaches followers here without waiting for the next poll', async () => {
  const actor = await actorWith(0)
  const stream = gateway.follow(actor, { after: '0' })
  let waited = 0
  for (const _ of range(1, 20)) {
    const next = stream.next().then(() => performance.now())
    await write(gateway.commands(actor), {})
    const committedAt = performance.now()
    waited += (await next) - committedAt
    await delay(10)
  }
  // Some milliseconds each; polls alone, every half second, would take ten seconds together.
  expect(waited).toBeLessThan(5_000)
  await stream.return()
})
