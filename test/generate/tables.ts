import { Kysely, PostgresDialect as KyselyPostgresDialect } from 'kysely'
import { generate, PostgresDialect, RawExpressionNode } from 'kysely-codegen'
import pg from 'pg'

const imports = [
  "import type { Interval, PaymentType } from '../catalog/price.ts'",
  "import type { ProductType, WeightUnit } from '../catalog/variant.ts'",
  "import type { InvoiceStatus, InvoiceType } from '../invoices/invoice.ts'",
  "import type { BillingStatus, OrderType, PaymentProcessor, ServiceStatus } from '../orders/order.ts'",
  "import type { DeliveryOrigin, DeliveryStatus } from '../webhooks/delivery.ts'",
  "import type { DisabledReason } from '../webhooks/webhook-endpoint.ts'",
]

// Statuses are text with a check in the database and a union here; a test compares the two.
const columns: Record<string, string> = {
  'invoice_line_items.price_interval': 'Interval | null',
  'invoice_line_items.price_payment_type': 'PaymentType',
  'invoice_status_changes.from_status': 'InvoiceStatus | null',
  'invoice_status_changes.to_status': 'InvoiceStatus',
  'invoices.invoice_type': 'InvoiceType',
  // Null only inside the transaction that creates the row.
  'invoices.number': 'Generated<string>',
  'invoices.payment_processor': 'PaymentProcessor',
  'invoices.status': 'InvoiceStatus',
  'order_status_changes.from_status': 'ServiceStatus | null',
  'order_status_changes.to_status': 'ServiceStatus',
  'orders.billing_status': 'BillingStatus',
  'orders.number': 'Generated<string>',
  'orders.order_type': 'OrderType',
  'orders.payment_processor': 'PaymentProcessor',
  'orders.service_status': 'ServiceStatus',
  'prices.interval': 'Interval | null',
  'prices.payment_type': 'Generated<PaymentType>',
  'prices.trial_interval': 'Interval | null',
  'variants.product_type': 'Generated<ProductType>',
  'variants.weight_unit': 'Generated<WeightUnit>',
  'webhook_deliveries.origin': 'DeliveryOrigin',
  'webhook_deliveries.status': 'DeliveryStatus',
  'webhook_endpoints.disabled_reason': 'DisabledReason',
}

/** The text of src/database/tables.ts for a migrated database. */
export async function generateTables(connectionString: string): Promise<string> {
  const pool = new pg.Pool({ connectionString, max: 1 })
  // The server may end before the last connection does.
  pool.on('error', () => {})
  const db = new Kysely({ dialect: new KyselyPostgresDialect({ pool }) })
  try {
    const text = await generate({
      db,
      dialect: new PostgresDialect(),
      outFile: null,
      // The record of migrations is the migrations' own.
      excludePattern: '*.schema_migrations',
      typeMapping: { timestamptz: 'string', int8: 'string', json: 'string', uuid: 'string', numeric: 'string' },
      overrides: {
        columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, new RawExpressionNode(type)])),
      },
    })
    return text
      .replace('import type', `${imports.join('\n')}\nimport type`)
      .replaceAll('number: Generated<string> | null;', 'number: Generated<string>;')
  } finally {
    await db.destroy()
  }
}
