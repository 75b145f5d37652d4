import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'

async function readiness({ origin }: Gateway) {
  const response = await fetch(`${origin}/health/ready`)
  return { status: response.status, body: await response.json() }
}

/** Asks until the answer has this status: what the database says is remembered for a moment. */
async function readinessOf(gateway: Gateway, status: number) {
  for (;;) {
    const answer = await readiness(gateway)
    if (answer.status === status) return answer.body
    await delay(50)
  }
}

const ready = { status: 'ready', database: 'ok', migrations: 'ok', feed: 'ok' }

test('a pool that has no connection to spare does not make the gateway unready', async () => {
  await using gateway = await startGateway({ env: { POOL_SIZE: '2' } })
  const { promise: end, resolve: endAll } = Promise.withResolvers<void>()
  const { db } = gateway.databases
  const held = [1, 2].map(() => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = db.connection().execute(() => {
      resolve()
      return end
    })
    return { taken: promise, done }
  })
  try {
    await Promise.all(held.map(({ taken }) => taken))
    expect(await readiness(gateway)).toEqual({ status: 200, body: ready })
  } finally {
    endAll()
    await Promise.all(held.map(({ done }) => done))
  }
})

test('a database that lacks a migration, or has one that is not ours, makes the gateway unready', async () => {
  await using gateway = await startGateway()
  const { db } = gateway.databases
  expect(await readinessOf(gateway, 200)).toEqual(ready)
  const unready = { status: 'unready', database: 'ok', feed: 'ok' }

  await sql`insert into schema_migrations (name, sha256) values ('9999-of-tomorrow.sql', 'x')`.execute(db)
  expect(await readinessOf(gateway, 503)).toEqual({ ...unready, migrations: 'unknown' })
  await sql`delete from schema_migrations where name = '9999-of-tomorrow.sql'`.execute(db)
  expect(await readinessOf(gateway, 200)).toEqual(ready)

  await sql`create table forgotten as select * from schema_migrations order by name desc limit 1`.execute(db)
  await sql`delete from schema_migrations where name in (select name from forgotten)`.execute(db)
  expect(await readinessOf(gateway, 503)).toEqual({ ...unready, migrations: 'pending' })
  await sql`insert into schema_migrations select * from forgotten`.execute(db)
  expect(await readinessOf(gateway, 200)).toEqual(ready)
})

test('a connection that was cut is replaced and nobody notices', async () => {
  await using gateway = await startGateway()
  expect(await readiness(gateway)).toEqual({ status: 200, body: ready })
  const { rows } = await sql<{ count: string }>`
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(gateway.databases.db)
  expect(Number(rows[0]?.count)).toBeGreaterThan(0)
  // Until the last answer is forgotten.
  await delay(1_100)
  expect(await readiness(gateway)).toEqual({ status: 200, body: ready })
})
