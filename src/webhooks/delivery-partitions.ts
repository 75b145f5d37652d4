import { setTimeout as delay } from 'node:timers/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { oneAtATime } from '../jobs/one-at-a-time.ts'
import { patienceMs } from './retry-schedule.ts'

const daysAhead = 7
const dayMs = 86_400_000
const maxTries = 50
// Dead letters are kept for 30 days, counted from the day after they were given up.
const keptDays = 30 + patienceMs / dayMs + 1

const parents = ['webhook_deliveries', 'webhook_attempts'] as const

/** Makes the partitions of deliveries and attempts for today and the coming week; returns how many days it made. */
export async function makeDeliveryPartitions(db: Kysely<DB>, signal: AbortSignal): Promise<number> {
  // Whoever is at another job now is done with its step soon.
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const made = await makeMissingDays(db, signal)
    if (made !== undefined) return made
    await delay(100, undefined, { signal, ref: false })
  }
  return 0
}

function makeMissingDays(db: Kysely<DB>, signal: AbortSignal): Promise<number | undefined> {
  return oneAtATime(db, signal, async trx => {
    const { rows } = await sql<{ day: string }>`
      select to_char(d, 'YYYY-MM-DD') as day
      from generate_series((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + ${daysAhead}::int, '1 day') d
      where to_regclass(quote_ident(current_schema()) || '.webhook_attempts_' || to_char(d, 'YYYYMMDD')) is null
      order by d`.execute(trx)
    for (const { day } of rows) await makeDay(trx, day)
    return rows.length
  })
}

// What the default partition took while there was none of the day moves into the new one.
async function makeDay(trx: Transaction<DB>, day: string): Promise<void> {
  const isOfDay = sql`created_at >= ${day}::date at time zone 'UTC' and created_at < (${day}::date + 1) at time zone 'UTC'`
  const create = sql`select create_webhook_partitions(${day}::date, ${day}::date)`
  const defaults = parents.map(parent => sql.table(`${parent}_default`))
  let hasStrays = false
  for (const table of defaults) {
    const { rows } = await sql`select from ${table} where ${isOfDay} limit 1`.execute(trx)
    hasStrays ||= rows.length > 0
  }
  if (!hasStrays) {
    await create.execute(trx)
    return
  }
  // Nobody may add to the default partitions between the move and the making.
  await sql`lock table ${sql.join(defaults)} in access exclusive mode`.execute(trx)
  for (const parent of parents) {
    const stray = sql.table(`${parent}_default`)
    await sql`create temporary table ${sql.table(`${parent}_strays`)} on commit drop as
      select * from ${stray} where ${isOfDay}`.execute(trx)
    await sql`delete from ${stray} where ${isOfDay}`.execute(trx)
  }
  await create.execute(trx)
  for (const parent of parents) {
    await sql`insert into ${sql.table(parent)} select * from ${sql.table(`${parent}_strays`)}`.execute(trx)
    await sql`drop table ${sql.table(`${parent}_strays`)}`.execute(trx)
  }
}

/** Drops the days whose dead letters were all kept for 30 days; returns their names. */
export async function dropExpiredDeliveries(db: Kysely<DB>, signal: AbortSignal): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits
    join pg_class c on c.oid = inhrelid
    cross join lateral to_date(substring(c.relname from '_(\\d{8})$'), 'YYYYMMDD') day
    where inhparent in ('webhook_deliveries'::regclass, 'webhook_attempts'::regclass)
      and (day + 1) at time zone 'UTC' <= now() - make_interval(days => ${keptDays})
    order by 1`.execute(db)
  const dropped: string[] = []
  for (const { name } of rows) {
    const isDropped = await oneAtATime(db, signal, async trx => {
      await sql`drop table if exists ${sql.table(name)}`.execute(trx)
      return true
    })
    if (isDropped) dropped.push(name)
  }
  return dropped
}
