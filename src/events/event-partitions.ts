import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'

// Days are UTC days as `2026-01-10`; the partition of a day is named events_20260110 (migrations: create_event_partitions).

function partitionOf(day: string): string {
  return `events_${day.replaceAll('-', '')}`
}

/** The beginning of a day, or of one so many days later. */
export function midnight(day: string, daysLater = 0): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + daysLater * 86_400_000).toISOString()
}

/** The days from today to so many days ahead that have no partition yet, earliest first. */
export async function comingDaysWithoutPartition(db: Kysely<DB>, daysAhead: number): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select to_char(d, 'YYYY-MM-DD') as day
    from generate_series((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + ${daysAhead}::int, '1 day') d
    where to_regclass(quote_ident(current_schema()) || '.events_' || to_char(d, 'YYYYMMDD')) is null
    order by d`.execute(db)
  return rows.map(({ day }) => day)
}

/** Makes the partition of a day. Events of that day that the default partition took meanwhile move into it. */
export async function makePartition(trx: Transaction<DB>, day: string): Promise<void> {
  const partition = sql.table(partitionOf(day))
  const [from, to] = [midnight(day), midnight(day, 1)]
  const isOfDay = sql`created_at >= ${from} and created_at < ${to}`
  const { rows } = await sql`select from events_default where ${isOfDay} limit 1`.execute(trx)
  if (rows.length === 0) {
    await sql`select create_event_partitions(${day}::date, ${day}::date)`.execute(trx)
    return
  }
  // Nobody may add to the default partition between the move and the attaching. Who waited for that partition would go on in
  // it, and be refused: so writers wait before they are led to one.
  await sql`lock table only events in share row exclusive mode`.execute(trx)
  await sql`lock table events_default in access exclusive mode`.execute(trx)
  await sql`create table ${partition} (like events including all)`.execute(trx)
  await sql`
    with moved as (delete from events_default where ${isOfDay} returning *)
    insert into ${partition} select * from moved`.execute(trx)
  await sql`
    alter table events attach partition ${partition} for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(
    trx,
  )
}

/** The days before a moment that have a partition, earliest first. */
export async function partitionedDays(db: Kysely<DB>, before: string): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select to_char(day, 'YYYY-MM-DD') as day
    from pg_inherits
    join pg_class c on c.oid = inhrelid
    cross join lateral to_date(substring(c.relname from '^events_(\\d{8})$'), 'YYYYMMDD') day
    where inhparent = 'events'::regclass
      and day::timestamp at time zone 'UTC' < ${before}
    order by day`.execute(db)
  return rows.map(({ day }) => day)
}

/** Drops the partition of a day with all its events. */
export async function dropPartition(trx: Transaction<DB>, day: string): Promise<void> {
  await sql`drop table if exists ${sql.table(partitionOf(day))}`.execute(trx)
}

/** The moment before which everything has expired: the beginning of the earliest day that is kept. */
export async function beginOfKept(db: Kysely<DB>, retentionDays: number): Promise<string> {
  const { rows } = await sql<{ begin: string }>`
    select date_trunc('day', now() - make_interval(days => ${retentionDays}), 'UTC') as begin`.execute(db)
  return rows[0]?.begin ?? '-infinity'
}

/** Deletes events before a moment from the default partition, earliest first; returns how many, at most `limit`. */
export async function deleteStrays(trx: Transaction<DB>, before: string, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from events_default where ctid = any(array(
      select ctid from events_default where created_at < ${before} order by created_at limit ${limit}))`.execute(trx)
  return Number(numAffectedRows)
}
