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
  const reserve = (table: keyof FirstIds, count: number) =>
    reserveBlock(client, seedTables[table].name, count, alone ? 0 : margin)
  return {
    products: await reserve('products', productCount),
    variants: await reserve('variants', productCount * maxVariants),
    prices: await reserve('prices', productCount * maxVariants * maxPrices),
    contacts: await reserve('contacts', contacts),
    addresses: await reserve('addresses', contacts * maxAddresses),
    orders: await reserve('orders', orders),
    lines: await reserve('lines', orders * maxLines),
    orderChanges: await reserve('orderChanges', orders * maxOrderChanges),
    invoices: await reserve('invoices', invoices),
    invoiceLines: await reserve('invoiceLines', invoices * maxLines),
    invoiceChanges: await reserve('invoiceChanges', invoices * maxInvoiceChanges),
  }
}

async function reserveBlock(client: pg.Client, table: string, count: number, margin: number): Promise<number> {
  const { rows } = await client.query<{ last: string }>(
    `select setval(sequence, nextval(sequence) - 1 + $2 + $3) as last
      from (select pg_get_serial_sequence($1, 'id')::regclass as sequence) as named`,
    [table, count, margin],
  )
  return Number(rows[0]?.last) - count + 1
}
