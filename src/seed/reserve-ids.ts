import type pg from 'pg'
import { maxPrices, maxVariants, productCount } from './seed-catalog.ts'
import { seedTables } from './seed-tables.ts'
import { type FirstIds, maxAddresses, maxInvoices, maxLines, ordersPerContact } from './seed-workspace.ts'

// No life of an order has more changes of status.
const maxOrderChanges = 12
const maxInvoiceChanges = 8

// How many ids others may take while a block is being reserved.
const margin = 1000

/** Reserves the ids of a workspace in each table's sequence. `alone`: nobody else can take any meanwhile. */
export async function reserveIds(client: pg.Client, orders: number, alone: boolean): Promise<FirstIds> {
  const contacts = Math.ceil(orders / ordersPerContact)
  const invoices = orders * maxInvoices
  const blocks: FirstIds = {
    products: productCount,
    variants: productCount * maxVariants,
    prices: productCount * maxVariants * maxPrices,
    contacts,
    addresses: contacts * maxAddresses,
    orders,
    lines: orders * maxLines,
    orderChanges: orders * maxOrderChanges,
    invoices,
    invoiceLines: invoices * maxLines,
    invoiceChanges: invoices * maxInvoiceChanges,
  }
  const tables = Object.keys(blocks) as (keyof FirstIds)[]
  const { rows } = await client.query<{ first: string }>(
    `select setval(sequence, nextval(sequence) - 1 + count + $3) - count + 1 as first
      from (select pg_get_serial_sequence(name, 'id')::regclass as sequence, count, place
        from unnest($1::text[], $2::bigint[]) with ordinality as blocks (name, count, place)) as named
      order by place`,
    [tables.map(table => seedTables[table].name), tables.map(table => blocks[table]), alone ? 0 : margin],
  )
  const entries = tables.map((table, index) => [table, Number(rows[index]?.first)])
  return Object.fromEntries(entries) as FirstIds
}
