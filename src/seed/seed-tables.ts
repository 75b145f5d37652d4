import type { Selectable } from 'kysely'
import { type PriceRow, priceColumns } from '../catalog/price-store.ts'
import { type ProductRow, productColumns } from '../catalog/product-store.ts'
import { type VariantRow, variantColumns } from '../catalog/variant-store.ts'
import type { AddressRow } from '../contacts/address-store.ts'
import { type ContactRow, contactColumns } from '../contacts/contact-store.ts'
import type { Events } from '../database/tables.ts'
import type { InvoiceLineRow } from '../invoices/invoice-line-store.ts'
import type { InvoiceStatusChangeRow } from '../invoices/invoice-status-change-store.ts'
import { type InvoiceRow, invoiceColumns } from '../invoices/invoice-store.ts'
import { type LineItemRow, lineItemColumns } from '../orders/line-item-store.ts'
import { type OrderRow, orderColumns } from '../orders/order-store.ts'
import type { OrderStatusChangeRow } from '../orders/status-change-store.ts'
import type { CopyTable } from './copy-rows.ts'
import type { UuidWords } from './random.ts'

const statusChangeColumns = [
  'workspace_id',
  'id',
  'from_status',
  'to_status',
  'changed_at',
  'actor_type',
  'actor_id',
  'actor_name',
  'event_id',
] as const

// The database makes the public ids.
function written<Column extends string>(columns: readonly Column[]): Column[] {
  return columns.filter(column => column !== 'public_id')
}

/** A row whose event is named in words: its UUID is never read as text. */
type Logged<Row, EventId extends keyof Row> = Omit<Row, EventId> & Record<EventId, UuidWords>

/** The rows of each table that the seed fills by COPY. */
export interface SeedRows {
  products: ProductRow
  variants: VariantRow
  prices: PriceRow
  contacts: ContactRow
  addresses: AddressRow
  orders: OrderRow
  lines: LineItemRow
  orderChanges: Logged<OrderStatusChangeRow, 'event_id'>
  invoices: InvoiceRow
  invoiceLines: InvoiceLineRow
  invoiceChanges: Logged<InvoiceStatusChangeRow, 'event_id'>
  events: Logged<Selectable<Events>, 'id'>
}
export type SeedTable = keyof SeedRows

function table<Row>(name: string, columns: readonly (keyof Row & string)[]): CopyTable<Row> {
  return { name, columns: written(columns) }
}

/** The tables but the events, in an order in which each refers to earlier ones only. */
export const seedTables: { [Table in Exclude<SeedTable, 'events'>]: CopyTable<SeedRows[Table]> } = {
  products: table('products', productColumns),
  variants: table('variants', variantColumns),
  prices: table('prices', priceColumns),
  contacts: table('contacts', contactColumns),
  addresses: table('contact_addresses', [
    'workspace_id',
    'id',
    'contact_id',
    'position',
    'is_default',
    'first_name',
    'last_name',
    'organization_name',
    'phone_number',
    'street_one',
    'street_two',
    'city',
    'region',
    'country',
    'postal_code',
    'created_at',
    'updated_at',
  ]),
  orders: table('orders', orderColumns),
  lines: table('order_line_items', lineItemColumns),
  orderChanges: table('order_status_changes', ['order_id', ...statusChangeColumns]),
  invoices: table('invoices', invoiceColumns),
  invoiceLines: table('invoice_line_items', [
    'workspace_id',
    'id',
    'invoice_id',
    'position',
    'description',
    'quantity',
    'amount',
    'product_id',
    'variant_id',
    'variant_name',
    'variant_description',
    'variant_sku',
    'variant_fulfillment_required',
    'price_id',
    'price_amount',
    'price_currency',
    'price_payment_type',
    'price_interval',
    'price_interval_count',
    'price_duration',
    'created_at',
    'updated_at',
  ]),
  invoiceChanges: table('invoice_status_changes', ['invoice_id', ...statusChangeColumns]),
}

/** The log. */
export const eventTable = table<SeedRows['events']>('events', [
  'workspace_id',
  'sequence',
  'created_at',
  'id',
  'type',
  'subject_type',
  'subject_id',
  'live_mode',
  'api_version',
  'actor_type',
  'actor_id',
  'actor_name',
  'data',
])

// A handful of rows: their keys and indexes always stay.
const catalogTables = ['products', 'variants', 'prices']

/** The tables that grow with the number of orders. */
export const largeTables: readonly string[] = [
  ...Object.values(seedTables).flatMap(({ name }) => (catalogTables.includes(name) ? [] : [name])),
  'events',
]
