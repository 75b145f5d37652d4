import { sql } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'

type Absent = null | undefined

/** What a list of orders can be narrowed by; null and absent mean the same. Ids are database ids. */
interface OrderFilter {
  id?: readonly string[] | Absent
  number?: readonly string[] | Absent
  externalId?: readonly string[] | Absent
  contactId?: string | Absent
  orderType?: readonly string[] | Absent
  serviceStatus?: readonly string[] | Absent
  billingStatus?: readonly string[] | Absent
  paymentProcessor?: readonly string[] | Absent
  liveMode?: boolean | Absent
  createdAt?: Range | Absent
  updatedAt?: Range | Absent
  totalAmount?: Range | Absent
  productId?: string | Absent
  variantId?: string | Absent
}

/** The conditions of a filter. */
export function orderConditions(workspaceId: string, filter: OrderFilter): Condition[] {
  return [
    ...oneOf('id', filter.id),
    ...oneOf('number', filter.number),
    ...oneOf('external_id', filter.externalId),
    ...equals('contact_id', filter.contactId),
    ...oneOf('order_type', filter.orderType),
    ...oneOf('service_status', filter.serviceStatus),
    ...oneOf('billing_status', filter.billingStatus),
    ...oneOf('payment_processor', filter.paymentProcessor),
    ...equals('live_mode', filter.liveMode),
    ...within('created_at', filter.createdAt),
    ...within('updated_at', filter.updatedAt),
    ...within('total_amount', filter.totalAmount),
    ...sells(workspaceId, 'product_id', filter.productId),
    ...sells(workspaceId, 'variant_id', filter.variantId),
  ]
}

function sells(workspaceId: string, column: 'product_id' | 'variant_id', id: string | Absent): Condition[] {
  if (id == null) return []
  return [
    sql`exists (select from order_line_items line where line.workspace_id = ${workspaceId}
      and line.order_id = orders.id and line.${sql.ref(column)} = ${id})`,
  ]
}
