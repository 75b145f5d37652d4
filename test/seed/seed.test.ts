import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowedInvoiceTransitions, type InvoiceStatus, initialInvoiceStatuses } from '../../src/invoices/invoice.ts'
import {
  allowedServiceTransitions,
  initialServiceStatuses,
  type OrderType,
  type PaymentProcessor,
  type ServiceStatus,
} from '../../src/orders/order.ts'
import { cheapKeys } from '../../src/seed/secondary-keys.ts'
import { type SeedProgress, SeedRefused } from '../../src/seed/seed.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { invariants, logInvariants } from './invariants.ts'
import { asOf, createSeeded, digestsOf, keysOf, rowsOf, seededTables, seedInto } from './seeded-database.ts'

const plan = { orders: 2000, workspaces: 4, seed: 7, events: 'all' } as const

let database: Awaited<ReturnType<typeof createSeeded>>
let unseeded: TestDatabase

beforeAll(async () => {
  ;[database, unseeded] = await Promise.all([createSeeded(plan), createDatabase()])
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await unseeded[Symbol.asyncDispose]()
})

function found<Row extends object = Record<string, unknown>>(statement: string): Promise<Row[]> {
  return rowsOf<Row>(database.url, statement)
}

async function expectInvariants(url: string): Promise<void> {
  const checks = Object.entries(invariants).map(async ([name, statement]) => ({
    name,
    rows: await rowsOf(url, statement),
  }))
  expect((await Promise.all(checks)).filter(({ rows }) => rows.length > 0)).toEqual([])
}

describe('with all events', () => {
  test.each(Object.entries({ ...invariants, ...logInvariants }))('%s', async (_, statement) => {
    expect(await found(statement)).toEqual([])
  })

  test('everything there is turns up', async () => {
    const [row] = await found(`select
      (select array_agg(distinct currency order by currency) from orders) as currencies,
      (select array_agg(distinct payment_processor order by payment_processor) from orders) as processors,
      (select array_agg(distinct order_type order by order_type) from orders) as types,
      (select array_agg(distinct service_status order by service_status) from orders) as served,
      (select array_agg(distinct billing_status order by billing_status) from orders) as billed,
      (select array_agg(distinct status order by status) from invoices) as invoiced,
      (select array_agg(distinct payment_type order by payment_type) from prices) as paid,
      (select array_agg(distinct live_mode order by live_mode) from orders) as modes,
      (select array_agg(distinct n order by n) from (select count(i.id)::int as n from orders o
        left join invoices i on i.workspace_id = o.workspace_id and i.order_id = o.id group by o.id) as c) as invoices`)
    expect(row).toEqual({
      currencies: ['EUR', 'JPY', 'KWD', 'USD'],
      processors: ['external', 'payments_ai', 'stripe'],
      types: ['one-time-order', 'subscription-order'],
      served: ['abandoned', 'active', 'canceled', 'churned', 'completed', 'paused', 'pending', 'suspended', 'voided'],
      billed: [
        'abandoned',
        'disputed',
        'draft',
        'paid',
        'partially-paid',
        'partially-refunded',
        'past-due',
        'pending',
        'refunded',
        'unpaid',
        'voided',
      ],
      invoiced: [
        'abandoned',
        'disputed',
        'draft',
        'paid',
        'partially-paid',
        'partially-refunded',
        'past-due',
        'refunded',
        'unpaid',
        'voided',
      ],
      paid: ['one_time', 'payment_plan', 'subscription'],
      modes: [false, true],
      invoices: [0, 1, 2, 3, 4],
    })
  })

  test('the sizes are those of a real store', async () => {
    const [row] = await found<Record<string, number>>(`select
      (select count(*)::int from orders) as orders,
      (select count(*)::int from contacts) as contacts,
      (select count(*)::int from products) as products,
      (select count(*)::int from products where archived) as archived,
      (select count(*)::int from contacts where anonymous) as anonymous,
      (select count(*)::int from contact_addresses where is_default) as defaults,
      (select count(*)::float from invoices) / (select count(*) from orders) as invoices,
      (select count(*)::float from orders where not live_mode) / (select count(*) from orders) as test,
      (select count(*)::float from orders where payment_processor = 'external') / (select count(*) from orders) as external`)
    expect(row).toMatchObject({ orders: 2000, contacts: 668, products: 160 })
    expect(row?.archived).toBeGreaterThan(0)
    expect(row?.anonymous).toBeGreaterThan(0)
    expect(row?.defaults).toBeGreaterThan(200)
    expect(row?.invoices).toBeCloseTo(1.2, 1)
    expect(row?.test).toBeCloseTo(0.07, 1)
    expect(row?.external).toBeCloseTo(0.7, 1)
    expect(database.result).toMatchObject({
      orders: 2000,
      workspaces: ['seed-1', 'seed-2', 'seed-3', 'seed-4'].map(subdomain => ({ subdomain })),
    })
    expect(
      await found('select count(*)::int as invoices, (select count(*)::int from events) as events from invoices'),
    ).toEqual([{ invoices: database.result.invoices, events: database.result.events }])
  })

  test('everything happens in the 26 days before the day', async () => {
    const [row] = await found<{ first: Date; last: Date; latest: Date }>(`
      select min(created_at) as first, max(created_at) as last, (select max(updated_at) from (
        select updated_at from orders union all select updated_at from invoices union all select updated_at from contacts
        union all select updated_at from products union all select updated_at from prices) as rows) as latest
      from events`)
    expect(Number(row?.first)).toBeGreaterThanOrEqual(asOf - 26 * 86_400_000)
    expect(Number(row?.last)).toBeLessThan(asOf)
    expect(Number(row?.latest)).toBeLessThan(asOf)
  })

  test('external orders go through their machine only', async () => {
    const changes = await found<{ order_type: OrderType; from: ServiceStatus | null; to: ServiceStatus }>(`
      select distinct order_type, from_status as from, to_status as to from order_status_changes c
      join orders o on o.workspace_id = c.workspace_id and o.id = c.order_id where payment_processor = 'external'`)
    const illegal = changes.filter(({ order_type, from, to }) =>
      from === null
        ? !initialServiceStatuses(order_type).includes(to)
        : !allowedServiceTransitions({ order_type, payment_processor: 'external', service_status: from }).includes(to),
    )
    expect(illegal).toEqual([])
    expect(changes.length).toBeGreaterThan(15)
  })

  test('external invoices go through the guard table only', async () => {
    const changes = await found<{ from: InvoiceStatus | null; to: InvoiceStatus }>(`
      select distinct from_status as from, to_status as to from invoice_status_changes c
      join invoices i on i.workspace_id = c.workspace_id and i.id = c.invoice_id where payment_processor = 'external'`)
    const illegal = changes.filter(({ from, to }) =>
      from === null
        ? !initialInvoiceStatuses.includes(to)
        : !allowedInvoiceTransitions({ payment_processor: 'external', status: from }).includes(to),
    )
    expect(illegal).toEqual([])
    expect(changes.length).toBeGreaterThan(14)
  })

  test('processors keep to their own statuses', async () => {
    const kept = await found<{ payment_processor: PaymentProcessor; status: string }>(`
      select distinct payment_processor, service_status as status from orders where service_status in ('voided', 'suspended', 'abandoned')
      order by 1, 2`)
    expect(kept.map(({ payment_processor, status }) => `${payment_processor} ${status}`)).toEqual([
      'payments_ai abandoned',
      'payments_ai suspended',
      'payments_ai voided',
      'stripe abandoned',
      'stripe suspended',
    ])
  })

  test('no key, index or setting is missing afterwards', async () => {
    const keys = await keysOf(database.url)
    expect(keys).toEqual(await keysOf(unseeded.url))
    for (const key of cheapKeys) expect(keys.join('\n')).toContain(key)
    expect(keys.filter(key => key.includes('FOREIGN KEY')).length).toBeGreaterThan(15)
  })

  test('every table has its statistics', async () => {
    const tables = await found<{ tablename: string }>(
      "select distinct tablename from pg_stats where schemaname = 'public' and tablename !~ '^events_'",
    )
    expect(tables.map(({ tablename }) => tablename)).toEqual(expect.arrayContaining(seededTables))
  })

  test('a second run is refused in one line and changes nothing', async () => {
    const counts = `select (select count(*)::int from workspaces) as workspaces, (select count(*)::int from orders) as orders,
      (select count(*)::int from events) as events, (select count(*)::int from api_keys) as keys`
    const [before] = await found(counts)
    const again = seedInto(database.url, { ...plan, seed: 8, workspaces: 1 })
    await expect(again).rejects.toEqual(
      new SeedRefused('there is a workspace seed-1 already: a database is seeded once, use another one'),
    )
    expect(await found(counts)).toEqual([before])
  })
})

test('the same seed gives the same rows, however little is remembered, another one others', async () => {
  const small = { orders: 300, workspaces: 3, events: 'all' } as const
  await using one = await createSeeded({ ...small, seed: 1 })
  await using same = await createSeeded({ ...small, seed: 1, remembered: 3 })
  await using other = await createSeeded({ ...small, seed: 2 })
  const digests = await digestsOf(one.url)
  expect(await digestsOf(same.url)).toEqual(digests)
  const others = await digestsOf(other.url)
  const changed = seededTables.filter(table => others[table] !== digests[table])
  expect(changed).toEqual(seededTables.filter(table => table !== 'workspaces'))
})

describe('without events', () => {
  test('a year of orders stands without a log', async () => {
    await using quiet = await createSeeded({ orders: 1000, workspaces: 1 })
    await expectInvariants(quiet.url)
    const [row] = await rowsOf<{ first: Date; last: Date }>(
      quiet.url,
      'select (select count(*)::int from events) as events, min(created_at) as first, max(created_at) as last from orders',
    )
    expect(row).toMatchObject({ events: 0 })
    const days = (asOf - Number(row?.first)) / 86_400_000
    expect(days).toBeGreaterThan(350)
    expect(days).toBeLessThanOrEqual(365)
    expect((asOf - Number(row?.last)) / 86_400_000).toBeLessThan(2)
  })
})

describe('with recent events', () => {
  test('the log has the last three days of a year, of older orders too', async () => {
    await using recent = await createSeeded({ orders: 2000, workspaces: 1, events: 'recent' })
    await expectInvariants(recent.url)
    const [row] = await rowsOf<{ events: number; first: Date; older: number; young: number; created: number }>(
      recent.url,
      `select count(*)::int as events, min(created_at) as first,
        count(*) filter (where (data ->> 'created_at')::timestamptz < created_at - interval '3 days')::int as older,
        count(*) filter (where type = 'order.created')::int as created,
        (select count(*)::int from orders where created_at >= '2026-03-12') as young from events`,
    )
    expect(row?.events).toBeGreaterThan(100)
    expect(row?.older).toBeGreaterThan(0)
    expect(row?.created).toBe(row?.young)
    expect(Number(row?.first)).toBeGreaterThanOrEqual(asOf - 3 * 86_400_000)
    expect(Number(row?.first)).toBeLessThan(asOf - 2 * 86_400_000)
  })
})

describe('a database that others use', () => {
  test('is seeded around what is in it, with all its keys on', async () => {
    await using shared = await createDatabase()
    const before = await keysOf(shared.url)
    await rowsOf(
      shared.url,
      `with acme as (insert into workspaces (subdomain, name) values ('acme', 'Acme') returning id)
        insert into contacts (workspace_id, email_address) select id, 'ada@example.com' from acme`,
    )
    await seedInto(shared.url, { events: 'all' })
    expect(await keysOf(shared.url)).toEqual(before)
    await expectInvariants(shared.url)
    // Apart from those of acme by so much that acme's could have run on meanwhile.
    const [row] = await rowsOf(
      shared.url,
      `insert into contacts (workspace_id) select id from workspaces where subdomain = 'acme'
        returning id > (select max(id) from contacts) as last,
          (select min(id)::int from contacts where id > 1) as first, (select min(id)::int from orders) as order`,
    )
    expect(row).toEqual({ last: true, first: 1002, order: 1001 })
  })

  test('keeps its keys on while a gateway runs on it, be it empty', async () => {
    await using shared = await createDatabase()
    const gateway = new pg.Client({ connectionString: shared.url, application_name: 'orders-gateway' })
    await gateway.connect()
    try {
      await seedInto(shared.url, {})
      const { rows } = await gateway.query('select min(id)::int as first from orders')
      expect(rows).toEqual([{ first: 1001 }])
    } finally {
      await gateway.end()
    }
  })

  test('a log without room for another day’s partition takes the events all the same', async () => {
    await using shared = await createDatabase()
    await rowsOf(
      shared.url,
      `insert into events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, data, actor_type, actor_id)
        values (99, 1, '2026-03-10T12:00:00Z', gen_random_uuid(), 'contact.created', 'Contact', 1, '{}', 'User', 1)`,
    )
    const { events } = await seedInto(shared.url, { events: 'all' })
    const [row] = await rowsOf(
      shared.url,
      `select (select count(*)::int from events where workspace_id <> 99) as events,
        (select count(distinct created_at::date)::int from events_default) as days,
        to_regclass('events_20260310') as taken, to_regclass('events_20260311')::text as free`,
    )
    expect(row).toEqual({ events, days: 1, taken: null, free: 'events_20260311' })
  })
})

describe('a seed that ends early', () => {
  test('leaves nothing behind, and all keys where they were', async () => {
    await using cut = await createDatabase()
    const [keys, rows] = await Promise.all([keysOf(cut.url), digestsOf(cut.url)])
    const phases = new Set<SeedProgress['phase']>()
    const seeding = seedInto(cut.url, { orders: 500 }, ({ phase, done }) => {
      phases.add(phase)
      if (phase === 'keys' && done === 5) throw new Error('cut')
    })
    await expect(seeding).rejects.toThrow('cut')
    expect([...phases]).toEqual(['orders', 'keys'])
    expect(await keysOf(cut.url)).toEqual(keys)
    expect(await digestsOf(cut.url)).toEqual(rows)
    expect((await seedInto(cut.url, { orders: 500 })).orders).toBe(500)
  })
})
