import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { statementChannel } from '../../src/database/statement-count.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { newActor, Process, range, sequences, take, write } from './event-log.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

test('two processes on one database serve all events of both', async () => {
  await using here = await Process.start(database.url)
  await using there = await Process.start(database.url)
  const actor = await newActor(here.databases)
  const streams = [here.follow(actor, { after: '0' }), there.follow(actor, { after: '0' })]
  const reads = streams.map(stream => take(stream, 100))
  await Promise.all(range(1, 100).map(n => write((n % 2 ? here : there).commands(actor), { subjectId: String(n) })))
  const [seenHere, seenThere] = await Promise.all(reads)
  expect(sequences(seenHere ?? [])).toEqual(range(1, 100))
  expect(seenThere).toEqual(seenHere)
})

test('other processes hear of a commit long before they poll', async () => {
  await using here = await Process.start(database.url)
  await using there = await Process.start(database.url)
  await using polling = await Process.start(database.url, { listens: false })
  const actor = await newActor(here.databases)
  const streams = [there, polling].map(process => process.follow(actor, { after: '0' }))
  const waits: [number[], number[]] = [[], []]
  for (const _ of range(1, 15)) {
    const next = streams.map(stream => stream.next().then(() => performance.now()))
    await write(here.commands(actor), {})
    const committedAt = performance.now()
    const [heardAt = 0, polledAt = 0] = await Promise.all(next)
    waits[0].push(heardAt - committedAt)
    waits[1].push(polledAt - committedAt)
    await delay(25)
  }
  expect(median(waits[0])).toBeLessThan(median(waits[1]) / 2)
})

test('where nobody can listen, polling brings everything', async () => {
  await using here = await Process.start(database.url, { listens: false })
  await using there = await Process.start(database.url, { listens: false })
  const actor = await newActor(here.databases)
  const read = take(there.follow(actor, { after: '0' }), 30)
  for (const _ of range(1, 30)) await write(here.commands(actor), {})
  expect(sequences(await read)).toEqual(range(1, 30))
  expect([...here.errors, ...there.errors]).toEqual([])
})

test('many commits make few messages, each with the workspaces it is about', async () => {
  await using gateway = await Process.start(database.url)
  const listener = new Client({ connectionString: database.url })
  await listener.connect()
  try {
    const { rows } = await listener.query("select 'orders_gateway_events_' || 'public'::regnamespace::oid as channel")
    await listener.query(`listen ${rows[0].channel}`)
    const payloads: string[] = []
    listener.on('notification', ({ payload = '' }) => payloads.push(payload.split(' ')[1] ?? ''))
    const startedAt = performance.now()
    while (payloads.length < 5) {
      for (const workspace of ['1', '2', '3']) gateway.feed.wake(workspace)
      await delay(1)
    }
    // One at once, then no more than one every 20 ms.
    expect(payloads.length).toBeLessThanOrEqual(2 + (performance.now() - startedAt) / 20)
    gateway.feed.wake('4')
    const named = () => new Set(payloads.flatMap(payload => payload.split(',')))
    await expect.poll(named).toEqual(new Set(['1', '2', '3', '4']))
    payloads.length = 0
    for (const workspace of range(1, 5_000)) gateway.feed.wake(String(workspace))
    await expect.poll(() => payloads).toEqual(['*'])
  } finally {
    await listener.end()
  }
})

test('it polls only while somebody follows, twice a second, in one statement for all workspaces', async () => {
  await using gateway = await Process.start(database.url)
  const polls: number[] = []
  const note = (text: unknown) => String(text).includes('unnest') && polls.push(performance.now())
  const actors = await Promise.all(range(1, 5).map(() => newActor(gateway.databases)))
  statementChannel.subscribe(note)
  try {
    await delay(700)
    expect(polls).toEqual([])
    const streams = actors.map(actor => gateway.follow(actor, { after: '0' }))
    const pending = streams.map(stream => stream.next())
    await delay(200)
    polls.length = 0
    await expect.poll(() => polls.length).toBe(5)
    const gaps = polls.slice(1).map((at, index) => at - (polls[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(490)
    await Promise.all(streams.map(stream => stream.return()))
    await Promise.all(pending)
    polls.length = 0
    await delay(700)
    expect(polls).toEqual([])
  } finally {
    statementChannel.unsubscribe(note)
  }
})

test('the feed goes on when its connection is killed', async () => {
  await using gateway = await Process.start(database.url)
  const { db } = gateway.databases
  const actor = await newActor(gateway.databases)
  const read = take(gateway.follow(actor, { after: '0' }), 300)
  let killed = 0
  for (const n of range(1, 300)) {
    await write(gateway.commands(actor), {})
    // It may not be back yet from the last time.
    for (const expected = Math.floor(n / 60); killed < expected; ) {
      const { rows } = await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'feed' and datname = current_database()`.execute(db)
      killed += rows.length
      if (rows.length === 0) await delay(10)
    }
  }
  expect(sequences(await read)).toEqual(range(1, 300))
  expect(killed).toBeGreaterThanOrEqual(3)
  expect(gateway.errors.length).toBeGreaterThanOrEqual(3)
})

test('streams outlive a database that is gone for a while, in the log and live', async () => {
  await using gateway = await Process.start(database.url)
  const actor = await newActor(gateway.databases)
  for (const _ of range(1, 8)) await write(gateway.commands(actor), ...range(1, 100).map(() => ({})))
  const live = gateway.follow(actor, { after: '800' })
  const behind = gateway.follow(actor, { after: '0' })
  const nextLive = take(live, 1)
  expect(sequences(await take(behind, 500))).toEqual(range(1, 500))
  const admin = new Client({ connectionString: inject('testServer') })
  await admin.connect()
  try {
    await admin.query(`alter database ${database.name} with allow_connections false`)
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}'`)
    const restBehind = take(behind, 301)
    await expect.poll(() => gateway.feed.lagMs()).toBeGreaterThan(700)
    await admin.query(`alter database ${database.name} with allow_connections true`)
    await expect.poll(() => write(gateway.commands(actor), {}).catch(() => 'not yet')).toBeGreaterThan(800)
    expect(sequences(await restBehind)).toEqual(range(501, 801))
    expect(sequences(await nextLive)).toEqual([801])
    await expect.poll(() => gateway.feed.lagMs()).toBeLessThan(600)
  } finally {
    await admin.query(`alter database ${database.name} with allow_connections true`)
    await admin.end()
  }
})

test('it starts without a database and reads when there is one', async () => {
  const admin = new Client({ connectionString: inject('testServer') })
  await admin.connect()
  await using other = await createDatabase()
  try {
    await admin.query(`alter database ${other.name} with allow_connections false`)
    await using gateway = await Process.start(other.url)
    expect(gateway.errors).toHaveLength(1)
    await admin.query(`alter database ${other.name} with allow_connections true`)
    await expect.poll(() => gateway.feed.lagMs()).toBe(0)
    const actor = await newActor(gateway.databases)
    const read = take(gateway.follow(actor, { after: '0' }), 1)
    await write(gateway.commands(actor), {})
    expect(sequences(await read)).toEqual([1])
  } finally {
    await admin.end()
  }
})
