import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { intervals, paymentTypes } from '../../src/catalog/price.ts'
import { productTypes, weightUnits } from '../../src/catalog/variant.ts'
import { invoiceStatuses, invoiceTypes } from '../../src/invoices/invoice.ts'
import { billingStatuses, orderTypes, paymentProcessors, serviceStatuses } from '../../src/orders/order.ts'
import { publicId } from '../../src/shared/public-id.ts'
import { deliveryOrigins, deliveryStatuses } from '../../src/webhooks/delivery.ts'
import { disabledReasons } from '../../src/webhooks/webhook-endpoint.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test.each<[string, string, readonly string[]]>([
  ['orders', 'order_type', orderTypes],
  ['orders', 'payment_processor', paymentProcessors],
  ['orders', 'service_status', serviceStatuses],
  ['orders', 'billing_status', billingStatuses],
  ['invoices', 'status', invoiceStatuses],
  ['invoices', 'invoice_type', invoiceTypes],
  ['invoices', 'payment_processor', paymentProcessors],
  ['variants', 'product_type', productTypes],
  ['variants', 'weight_unit', weightUnits],
  ['prices', 'payment_type', paymentTypes],
  ['prices', 'interval', intervals],
  ['prices', 'trial_interval', intervals],
  ['invoice_line_items', 'price_payment_type', paymentTypes],
  ['invoice_line_items', 'price_interval', intervals],
  ['webhook_deliveries', 'status', deliveryStatuses],
  ['webhook_deliveries', 'origin', deliveryOrigins],
  ['webhook_endpoints', 'disabled_reason', disabledReasons],
])('%s.%s takes the values of its noun', async (table, column, values) => {
  const { rows } = await sql<{ definition: string }>`
    select pg_get_constraintdef(c.oid) as definition from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
    where c.contype = 'c' and c.conrelid = ${table}::regclass and a.attname = ${column}`.execute(gateway.databases.db)
  expect(rows).toHaveLength(1)
  const allowed = [...(rows[0]?.definition ?? '').matchAll(/'([^']+)'::text/g)].map(([, value]) => value)
  expect(allowed.sort()).toEqual([...values].sort())
})

test('public ids are letters, distinct, and the same here as in the database', async () => {
  const ids = ['1', '2', '3', '999', '308915775', '308915776', '308915777', '208827064575', '5000000000']
  const { rows } = await sql<{ id: string; public_id: string }>`
    select id::text, public_id(id) from unnest(${ids}::bigint[]) as id`.execute(gateway.databases.db)
  expect(rows.map(row => row.public_id)).toEqual(rows.map(row => publicId(row.id)))
  const { rows: counted } = await sql<{ ids: string; shapes: string }>`
    select count(distinct public_id(n)) as ids, count(*) filter (where public_id(n) ~ '^[a-z]{6,8}$') as shapes
    from generate_series(308915000::bigint, 308925000) as n`.execute(gateway.databases.db)
  expect(counted).toEqual([{ ids: '10001', shapes: '10001' }])
})

test('every table and every key starts with the workspace', async () => {
  const { rows } = await sql<{ table: string; first: string; key: string[] }>`
    select c.relname as table,
      (select attname from pg_attribute where attrelid = c.oid and attnum = 1) as first,
      (select array_agg(a.attname::text order by k.position) from pg_index i
        cross join unnest(i.indkey) with ordinality as k(attnum, position)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c where c.relkind in ('r', 'p') and not c.relispartition
      and c.relnamespace = current_schema()::regnamespace
      and c.relname not in ('workspaces', 'schema_migrations')`.execute(gateway.databases.db)
  expect(rows.length).toBeGreaterThan(14)
  expect(rows.filter(row => row.first !== 'workspace_id' || row.key[0] !== 'workspace_id')).toEqual([])
})
