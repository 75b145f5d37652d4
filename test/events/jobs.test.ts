import { sql } from 'kysely'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deleteIdempotencyKeys } from '../../src/jobs/delete-idempotency-keys.ts'
import { dropExpiredEvents } from '../../src/jobs/drop-expired-events.ts'
import { makeEventPartitions } from '../../src/jobs/make-event-partitions.ts'
import { startJobs } from '../../src/jobs/schedule.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { newActor, Process, range, sequences, take, write } from './event-log.ts'

let database: TestDatabase
let gateway: Process
let actor: Actor
const { signal } = new AbortController()

beforeEach(async () => {
  database = await createDatabase()
  gateway = await Process.start(database.url)
  actor = await newActor(gateway.databases)
  // The database that was copied may be of yesterday.
  await makeEventPartitions(gateway.databases.db, signal)
  await drop(-2)
})
afterEach(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
const partition = (offset: number) => `events_${day(offset).replaceAll('-', '')}`

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass order by 1`.execute(
    gateway.databases.db,
  )
  return rows.map(({ name }) => name).filter(name => name !== 'events_default')
}

async function drop(...offsets: number[]): Promise<void> {
  for (const offset of offsets)
    await sql`drop table if exists ${sql.table(partition(offset))}`.execute(gateway.databases.db)
}

/** Puts the next event into the log as if it had happened so many days from now. */
async function happened(offset: number): Promise<void> {
  const { db } = gateway.databases
  await db.transaction().execute(async trx => {
    const { last_sequence } = await trx
      .updateTable('workspace_counters')
      .set(eb => ({ last_sequence: eb('last_sequence', '+', '1') }))
      .where('workspace_id', '=', actor.workspace.id)
      .returning('last_sequence')
      .executeTakeFirstOrThrow()
    await sql`
      insert into events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, data, actor_type, actor_id)
      values (${actor.workspace.id}, ${last_sequence}, now() + make_interval(days => ${offset}), gen_random_uuid(),
        'order.updated', 'Order', 1, '{"as":  "written"}', 'x', 1)`.execute(trx)
  })
}

test('the days from today to a week ahead get their partitions, once', async () => {
  await drop(-1, 0, 3, 7)
  expect(await makeEventPartitions(gateway.databases.db, signal)).toEqual([day(0), day(3), day(7)])
  expect(await partitions()).toEqual(range(0, 7).map(partition))
  expect(await makeEventPartitions(gateway.databases.db, signal)).toEqual([])
})

test('events that the default partition took move into the partition of their day, under the eyes of a follower', async () => {
  await drop(0, 1)
  const stream = gateway.follow(actor, { after: '0' })
  await write(gateway.commands(actor), {}, {})
  await happened(0)
  expect(await makeEventPartitions(gateway.databases.db, signal)).toEqual([day(0), day(1)])
  await write(gateway.commands(actor), {})
  expect(sequences(await take(stream, 4))).toEqual([1, 2, 3, 4])
  expect(sequences(await take(gateway.follow(actor, { after: '0' }), 4))).toEqual([1, 2, 3, 4])
  const { rows } =
    await sql`select sequence, tableoid::regclass::text as table, data from events where workspace_id = ${actor.workspace.id} order by 1`.execute(
      gateway.databases.db,
    )
  expect(rows.map(row => (row as { table: string }).table)).toEqual(Array.from({ length: 4 }, () => partition(0)))
  expect(rows[2]).toMatchObject({ data: '{"as":  "written"}' })
  const { rows: constraints } = await sql`
    select contype from pg_constraint where conrelid = ${partition(0)}::regclass and contype = 'p' and conparentid <> 0`.execute(
    gateway.databases.db,
  )
  expect(constraints).toHaveLength(1)
  await stream.return()
})

test('whole days are dropped once they ended longer ago than the retention, earliest first', async () => {
  const { db } = gateway.databases
  for (const offset of [-33, -31, -30, -29]) {
    await sql`select create_event_partitions(${day(offset)}::date, ${day(offset)}::date)`.execute(db)
  }
  // The default partition has those of the days -35 and -32.
  for (const offset of [-35, -33, -32, -32, -31, -30, -29, 0]) await happened(offset)
  const kept = async () => {
    const { rows } = await sql<{ sequence: string }>`
      select sequence from events where workspace_id = ${actor.workspace.id} order by 1`.execute(db)
    return rows.map(({ sequence }) => Number(sequence))
  }
  const reader = new Client({ connectionString: database.url })
  await reader.connect()
  try {
    // Stops the job at the first day, after the strays before it.
    await reader.query('begin; lock table events in access share mode')
    const dropping = dropExpiredEvents(db, 30, signal)
    await expect.poll(kept).not.toContain(1)
    expect(await kept()).toEqual(range(2, 8))
    await reader.query('commit')
    expect(await dropping).toEqual([day(-33), day(-31)])
  } finally {
    await reader.end()
  }
  expect(await partitions()).toEqual([-30, -29, ...range(-1, 7)].map(partition))
  expect(await kept()).toEqual([6, 7, 8])
  expect(sequences(await take(gateway.follow(actor, { after: '5' }), 3))).toEqual([6, 7, 8])
  expect(await dropExpiredEvents(db, 30, signal)).toEqual([])
})

test('idempotency keys go after seven days, however many', async () => {
  const { db } = gateway.databases
  await sql`
    insert into idempotency_keys (workspace_id, key, mutation, input_hashes, created_at)
    select 1, n::text, 'createOrder', '{}', now() - make_interval(days => case when n <= 12000 then 8 else 6 end)
    from generate_series(1, 12010) n`.execute(db)
  expect(await deleteIdempotencyKeys(db, signal)).toBe(12_000)
  const { rows } = await sql`select count(*)::int as left from idempotency_keys where workspace_id = 1`.execute(db)
  expect(rows).toEqual([{ left: 10 }])
})

test('a job leaves the work to the process that is at it', async () => {
  await drop(7)
  const other = new Client({ connectionString: database.url })
  await other.connect()
  try {
    await other.query('begin')
    await other.query(
      "select pg_advisory_xact_lock(hashtextextended('orders-gateway jobs of ' || current_schema(), 0))",
    )
    expect(await makeEventPartitions(gateway.databases.db, signal)).toEqual([])
    await other.query('rollback')
    expect(await makeEventPartitions(gateway.databases.db, signal)).toEqual([day(7)])
  } finally {
    await other.end()
  }
})

test('a partition that cannot be made at once holds no writer up for long, and is made later', async () => {
  await drop(7)
  const reader = new Client({ connectionString: database.url })
  await reader.connect()
  try {
    await reader.query('begin')
    await reader.query('select count(*) from events')
    const making = makeEventPartitions(gateway.databases.db, signal)
    let longest = 0
    for (const _ of range(1, 60)) {
      const startedAt = performance.now()
      await write(gateway.commands(actor), {})
      longest = Math.max(longest, performance.now() - startedAt)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    // Locks are waited for up to 5 s.
    expect(longest).toBeLessThan(4_000)
    await reader.query('commit')
    expect(await making).toEqual([day(7)])
  } finally {
    await reader.end()
  }
})

test('the schedule runs every job at the start, says what was done and ends when it is told to', async () => {
  await drop(0, 7)
  await sql`select create_event_partitions(${day(-9)}::date, ${day(-9)}::date)`.execute(gateway.databases.db)
  const lines: unknown[] = []
  const log = { info: (...line: unknown[]) => lines.push(line), error: (...line: unknown[]) => lines.push(line) }
  const jobs = startJobs(gateway.databases, { retentionDays: 5, log })
  await jobs.firstRun
  expect(lines).toEqual([
    [{ days: [day(0), day(7)] }, 'job done: make event partitions'],
    [{ days: [day(-9)] }, 'job done: drop expired events'],
  ])
  await jobs[Symbol.asyncDispose]()
})

test('a job that fails is logged and the others run', async () => {
  await sql`alter table idempotency_keys rename to elsewhere`.execute(gateway.databases.db)
  await drop(7)
  const lines: { level: string; message: string }[] = []
  const note = (level: string) => (_details: object, message: string) => lines.push({ level, message })
  await using jobs = startJobs(gateway.databases, {
    retentionDays: 30,
    log: { info: note('info'), error: note('error') },
  })
  await jobs.firstRun
  expect(lines).toEqual([
    { level: 'info', message: 'job done: make event partitions' },
    { level: 'error', message: 'job failed: delete idempotency keys' },
  ])
})

test('stopping in the middle waits for the step that runs and logs no failure', async () => {
  await drop(...range(-1, 7))
  const lines: unknown[] = []
  const log = { info: (...line: unknown[]) => lines.push(line), error: (...line: unknown[]) => lines.push(line) }
  const jobs = startJobs(gateway.databases, { retentionDays: 30, log })
  await jobs[Symbol.asyncDispose]()
  expect(lines).toEqual([])
  expect((await partitions()).length).toBeLessThan(8)
})
