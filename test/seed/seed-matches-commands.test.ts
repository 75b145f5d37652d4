import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { readConfig } from '../../src/config.ts'
import { Databases } from '../../src/database/connect.ts'
import type { CommandContext } from '../../src/idempotency/run-command.ts'
import { createInvoice } from '../../src/invoices/create-invoice.ts'
import { setInvoiceStatus } from '../../src/invoices/set-invoice-status.ts'
import { createOrder } from '../../src/orders/create-order.ts'
import { setOrderServiceStatus } from '../../src/orders/set-order-service-status.ts'
import { updateOrder } from '../../src/orders/update-order.ts'
import { amountOf, minorUnits } from '../../src/seed/amounts.ts'
import type { OrderWrite } from '../../src/seed/order-course.ts'
import { givenColumns, type OrderPlan, planOrder } from '../../src/seed/plan-order.ts'
import { SeedCatalog } from '../../src/seed/seed-catalog.ts'
import { SeedContacts } from '../../src/seed/seed-contacts.ts'
import type { FirstIds, SeedWorkspace } from '../../src/seed/seed-workspace.ts'
import { Timeline } from '../../src/seed/timeline.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { asOf, createSeeded, rowsOf } from './seeded-database.ts'

const orders = 110
const seed = 3
// In a database of its own every block of ids starts at 1.
const firstIds: FirstIds = {
  products: 1,
  variants: 1,
  prices: 1,
  contacts: 1,
  addresses: 1,
  orders: 1,
  lines: 1,
  orderChanges: 1,
  invoices: 1,
  invoiceLines: 1,
  invoiceChanges: 1,
}

let database: Awaited<ReturnType<typeof createSeeded>>
let databases: Databases
let client: pg.Client
let context: CommandContext
let workspace: SeedWorkspace
let catalog: SeedCatalog
let contacts: SeedContacts

beforeAll(async () => {
  database = await createSeeded({ orders, workspaces: 1, seed, events: 'all' })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { databaseSchema: schema, ...config } = readConfig({ DATABASE_URL: database.url })
  databases = new Databases({ ...config, connectionString: database.url, schema }, () => {})
  await using keys = new KeyRing(databases)
  const actor = await keys.authenticate(database.result.workspaces[0]?.key ?? '')
  if (actor === undefined) throw new Error('the seed’s key does not work')
  context = { db: databases.db, actor, committed() {} }
  const timeline = new Timeline({ end: asOf, days: 25, orders, key: [seed, 1] })
  workspace = { actor, orders, timeline, logFrom: 0, firstIds, remembered: 10, key: [seed, 1] }
  catalog = new SeedCatalog(workspace)
  contacts = new SeedContacts(workspace)
})

afterAll(async () => {
  await client.end()
  await databases[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** The columns of a table as the members of an input. */
function membersOf(columns: object): Record<string, unknown> {
  const name = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(Object.entries(columns).map(([column, value]) => [name(column), value]))
}

const linesOf = (plan: OrderPlan) =>
  plan.lines.map(({ offer, quantity }) => ({
    variantId: encodeGlobalId('Variant', offer.variant.id),
    priceId: encodeGlobalId('Price', offer.price.id),
    quantity,
  }))

// Writes happen now: what was to come then is still to come.
const soon = () => new Date(Date.now() + 86_400_000).toISOString()

/** Does the writes of a planned order through the commands of the API; the order's id. */
async function replay(plan: OrderPlan): Promise<string> {
  let order = ''
  const invoices: string[] = []
  for (const write of plan.writes) {
    const reference = { order: { id: encodeGlobalId('Order', order) } }
    switch (write.kind) {
      case 'order':
        order = (await createOrder(context, newOrder(plan, write))).result
        break
      case 'service':
        await setOrderServiceStatus(context, { ...reference, status: write.status, ...membersOf(write.columns) })
        break
      case 'update':
        await updateOrder(context, { ...reference, ...membersOf(write.columns) })
        break
      case 'invoice':
        invoices.push((await createInvoice(context, { ...reference, ...newInvoice(plan, write) })).result)
        break
      case 'flip':
        await setInvoiceStatus(context, {
          invoice: { id: encodeGlobalId('Invoice', invoices[write.invoice] ?? '') },
          status: write.status,
          ...(write.dueAt !== null && { dueAt: soon() }),
        })
        break
    }
  }
  return order
}

function newOrder(plan: OrderPlan, { status, columns }: Extract<OrderWrite, { kind: 'order' }>) {
  const { addresses } = contacts.plan(plan.contact)
  return {
    contact: { id: encodeGlobalId('Contact', String(firstIds.contacts + plan.contact)) },
    liveMode: plan.liveMode,
    lineItems: linesOf(plan),
    serviceStatus: status,
    notes: plan.notes,
    externalId: plan.externalId && `replayed-${plan.externalId}`,
    ...membersOf(givenColumns(plan, addresses[0])),
    ...membersOf(columns),
  }
}

function newInvoice(plan: OrderPlan, write: Extract<OrderWrite, { kind: 'invoice' }>) {
  const { currency } = workspace.actor.workspace
  const isImport = write.status === 'refunded' || write.status === 'disputed'
  const reduce = (minor: number) => Math.floor((minor * (100 - write.discount)) / 100)
  const lineItems = linesOf(plan).map((line, position) => {
    const minor = plan.lines[position]?.offer.minor ?? 0
    return position > 0
      ? line
      : { ...line, amount: amountOf(reduce(minor), currency), description: `${write.discount} % off` }
  })
  return {
    status: write.status,
    invoiceType: write.type,
    externalId: plan.externalId && `replayed-${plan.externalId}-${write.invoice + 1}`,
    dueAt: write.dueAt === null ? null : soon(),
    ...(isImport && { paidAt: new Date(write.at).toISOString() }),
    ...(plan.isShipped && write.invoice === 0 && { shippingAmount: amountOf(minorUnits(5, currency), currency) }),
    ...(write.discount > 0 && { lineItems }),
  }
}

const own = new Set([
  'id',
  'public_id',
  'number',
  'order_id',
  'invoice_id',
  'order_number',
  'invoice_number',
  'external_id',
  'event_id',
])

/** What two orders of the same life have in common: ids, numbers and times apart, but for whether there are any. */
function masked(value: unknown, key = ''): unknown {
  if (value === null) return null
  if (own.has(key) || value instanceof Date) return '*'
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return '*'
  if (Array.isArray(value)) return value.map(item => masked(item))
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([member, held]) => [member, masked(held, member)]))
}

/** All that the database holds of an order. */
async function lifeOf(order: string): Promise<unknown> {
  const invoices = `(select id from invoices where order_id = ${order})`
  const statements = {
    order: `select * from orders where id = ${order}`,
    lines: `select * from order_line_items where order_id = ${order} order by position`,
    changes: `select c.*, e.type from order_status_changes c join events e on e.id = c.event_id where order_id = ${order} order by c.id`,
    invoices: `select * from invoices where order_id = ${order} order by id`,
    invoiceLines: `select * from invoice_line_items where invoice_id in ${invoices} order by invoice_id, position`,
    invoiceChanges: `select c.*, e.type from invoice_status_changes c join events e on e.id = c.event_id
      where invoice_id in ${invoices} order by c.id`,
    events: `select type, subject_type, live_mode, api_version, data, actor_type, actor_id, actor_name from events
      where subject_type = 'Order' and subject_id = ${order} or subject_type = 'Orders::Invoice' and subject_id in ${invoices}
      order by sequence`,
  }
  const life: Record<string, unknown> = {}
  for (const [name, statement] of Object.entries(statements)) life[name] = (await client.query(statement)).rows
  return masked(life)
}

test('an external order is what the commands of the API make of the same writes', async () => {
  const plans = Array.from({ length: orders }, (_, index) => planOrder(index, workspace, catalog, contacts))
  const repeatable = plans.filter(
    ({ processor, lines, contact }) =>
      processor === 'external' &&
      // Nobody can order today what is archived by now, and events show contacts as they were.
      lines.every(({ offer }) => offer.soldUntil === Number.POSITIVE_INFINITY) &&
      contacts.plan(contact).updated === undefined,
  )
  for (const plan of repeatable) {
    expect(await lifeOf(await replay(plan))).toEqual(await lifeOf(String(firstIds.orders + plan.index)))
  }
  const writes = new Set(
    repeatable.flatMap(plan => plan.writes.map(write => ('status' in write ? write.status : write.kind))),
  )
  expect(repeatable.length).toBeGreaterThan(50)
  expect([...writes].sort()).toEqual([
    'active',
    'canceled',
    'churned',
    'completed',
    'disputed',
    'paid',
    'past-due',
    'paused',
    'pending',
    'refunded',
    'unpaid',
    'update',
    'voided',
  ])
})

test('what comes next has the next number and the next place in the log', async () => {
  const counters = 'select last_order_number::int as order, last_sequence::int as sequence from workspace_counters'
  const [before] = await rowsOf<{ order: number; sequence: number }>(database.url, counters)
  const [line] = await rowsOf<{ variant_id: string; id: string }>(
    database.url,
    "select variant_id, id from prices where not archived and payment_type = 'one_time' order by id limit 1",
  )
  const { eventSequence, result } = await createOrder(context, {
    contact: { id: encodeGlobalId('Contact', '1') },
    liveMode: true,
    lineItems: [
      {
        variantId: encodeGlobalId('Variant', line?.variant_id ?? ''),
        priceId: encodeGlobalId('Price', line?.id ?? ''),
        quantity: 1,
      },
    ],
  })
  const [order] = await rowsOf<{ number: string }>(database.url, `select number from orders where id = ${result}`)
  expect(Number(order?.number)).toBe(Number(before?.order) + 1)
  expect(Number(eventSequence)).toBe(Number(before?.sequence) + 1)
})
