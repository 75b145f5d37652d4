import { type RawBuilder, sql } from 'kysely'
import type { EventRow } from './event-store.ts'
import { webhookPayload } from './webhook-body.ts'

// Whom and what an event concerns beside its subject stands in its data: the contact of an order, the product of a line.
interface ConcernedData {
  contact?: { id?: number } | null
  order?: { contact?: { id?: number } | null } | null
  product_id?: number | null
  line_items?: { original_product?: { id?: number } | null; products_variant?: { product_id?: number } | null }[]
}

function dataOf(event: EventRow): ConcernedData {
  return ((webhookPayload(event) as { data?: ConcernedData | null }).data ?? {}) as ConcernedData
}

/** Whether an event is about a contact, or an order or invoice of theirs. */
export function concernsContact(event: EventRow, contactId: string): boolean {
  if (event.subject_type === 'Contact') return event.subject_id === contactId
  if (!event.data.includes(contactId)) return false
  const { contact, order } = dataOf(event)
  return String(contact?.id ?? order?.contact?.id) === contactId
}

/** Whether an event is about a product, a variant of it, or an order or invoice that sells it. */
export function concernsProduct(event: EventRow, productId: string): boolean {
  if (event.subject_type === 'Product') return event.subject_id === productId
  if (!event.data.includes(productId)) return false
  const { product_id, line_items = [] } = dataOf(event)
  if (String(product_id) === productId) return true
  return line_items.some(line => String(line.original_product?.id ?? line.products_variant?.product_id) === productId)
}

/** {@link concernsContact} as a condition on `events`. */
export function contactCondition(contactId: string): RawBuilder<boolean> {
  return sql<boolean>`case when subject_type = 'Contact' then subject_id = ${contactId}
    else coalesce(data #>> '{contact,id}', data #>> '{order,contact,id}') = ${contactId} end`
}

/** {@link concernsProduct} as a condition on `events`. */
export function productCondition(productId: string): RawBuilder<boolean> {
  return sql<boolean>`case when subject_type = 'Product' then subject_id = ${productId}
    else data ->> 'product_id' = ${productId} or exists (
      select from json_array_elements(case when json_typeof(data -> 'line_items') = 'array' then data -> 'line_items' else '[]' end) line
      where coalesce(line #>> '{original_product,id}', line #>> '{products_variant,product_id}') = ${productId}) end`
}
