import pg from 'pg'
import { type SeedPlan, type SeedProgress, type SeedResult, seed } from '../../src/seed/seed.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'

/** A connection as the command opens it. */
export async function withClient<Result>(url: string, act: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'orders-gateway seed',
    options: '-c timezone=UTC -c datestyle=ISO',
  })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}

/** The rows of a statement. */
export function rowsOf<Row extends object = Record<string, unknown>>(url: string, statement: string): Promise<Row[]> {
  return withClient(url, async client => (await client.query<Row>(statement)).rows)
}

/** The day that tests seed up to; its Unix milliseconds. */
export const asOf = Date.parse('2026-03-15T00:00:00Z')

/** Seeds a database as the plan says; whatever it leaves open is small. */
export function seedInto(
  url: string,
  plan: Partial<SeedPlan>,
  report: (progress: SeedProgress) => void = () => {},
): Promise<SeedResult> {
  const full: SeedPlan = { orders: 200, workspaces: 2, seed: 1, events: 'none', asOf, ...plan }
  return withClient(url, client => seed(client, full, report))
}

/** A database of its own, seeded. */
export async function createSeeded(plan: Partial<SeedPlan>): Promise<TestDatabase & { result: SeedResult }> {
  const database = await createDatabase()
  return { ...database, result: await seedInto(database.url, plan) }
}

/** All indexes, constraints and storage options, so that none can be lost unseen. */
export async function keysOf(url: string): Promise<string[]> {
  const rows = await rowsOf<{ key: string }>(
    url,
    `select indexdef as key from pg_indexes where schemaname = 'public' and tablename !~ '^events_\\d{8}$'
    union all
    select format('%s %s %s %s', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) from pg_constraint
      where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ '^events_\\d{8}$'
    union all
    select distinct format('events_<day> %s %s', c.reloptions, regexp_replace(pg_get_indexdef(i.indexrelid), 'events_\\d{8}', 'events_<day>', 'g'))
      from pg_class c join pg_index i on i.indrelid = c.oid where c.relname ~ '^events_\\d{8}$'
    order by 1`,
  )
  return rows.map(({ key }) => key)
}

/** The tables that are seeded. */
export const seededTables = [
  'workspaces',
  'products',
  'variants',
  'prices',
  'contacts',
  'contact_addresses',
  'orders',
  'order_line_items',
  'order_status_changes',
  'invoices',
  'invoice_line_items',
  'invoice_status_changes',
  'events',
]

/** What a table holds, as a hash: all rows and columns. */
export async function digestsOf(url: string): Promise<Record<string, string | null>> {
  const digests = seededTables.map(
    table => `(select md5(string_agg(t::text, chr(10) order by t::text)) from ${table} t) as ${table}`,
  )
  const [row] = await rowsOf<Record<string, string | null>>(url, `select ${digests.join(', ')}`)
  return row ?? {}
}
