// The answers of the ceiling, each from one statement written by hand. What GraphQL does to a value is done here in SQL.

const base64url = (text: string) => `translate(rtrim(encode((${text})::bytea, 'base64'), '='), '+/', '-_')`
const globalId = (typename: string, id: string) => base64url(`'${typename}:' || ${id}`)
const enumValue = (column: string) => `translate(upper(${column}), '-', '_')`
const dateTime = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const object = (select: string) => `(select row_to_json(object) from (${select}) as object)`
const list = (select: string) => `array_to_json(array(select object from (${select}) as object))`

const orderFields = `
  ${globalId('Order', 'orders.id')} as id,
  '#' || orders.number as number,
  ${enumValue('orders.service_status')} as "serviceStatus",
  ${enumValue('orders.billing_status')} as "billingStatus",
  orders.total_amount::text as "totalAmount",
  orders.currency,
  ${dateTime('orders.created_at')} as "createdAt"`

const contact = object(`
  select ${globalId('Contact', 'id')} as id, email_address as "emailAddress", first_name as "firstName", last_name as "lastName"
  from contacts where workspace_id = $1 and id = orders.contact_id`)

const lineItems = list(`
  select ${globalId('OrderLineItem', 'line.id')} as id, line.quantity,
    ${object(`
      select ${globalId('Variant', 'id')} as id, name, sku
      from variants where workspace_id = $1 and id = line.variant_id`)} as variant,
    ${object(`
      select ${globalId('Price', 'id')} as id, round(amount, 2)::text as amount, ${enumValue('payment_type')} as "paymentType"
      from prices where workspace_id = $1 and id = line.price_id`)} as price
  from order_line_items as line where workspace_id = $1 and order_id = orders.id order by position`)

const invoiceLines = list(`
  select ${globalId('InvoiceLineItem', 'line.id')} as id, line.quantity, line.amount::text as amount,
    ${object(`
      select ${globalId('Variant', 'id')} as id, name
      from variants where workspace_id = $1 and id = line.variant_id`)} as variant
  from invoice_line_items as line where workspace_id = $1 and invoice_id = invoice.id order by position`)

const invoices = object(`
  select ${list(`
    select ${object(`
      select ${globalId('Invoice', 'invoice.id')} as id, invoice.number, ${enumValue('invoice.status')} as status,
        invoice.total_amount::text as "totalAmount", ${dateTime('invoice.issued_at')} as "issuedAt",
        ${invoiceLines} as "lineItems"`)} as node
    from invoices as invoice where workspace_id = $1 and order_id = orders.id
    order by created_at desc, id desc limit 5`)} as edges`)

const cursor = base64url(
  `'orders|' || $1::bigint || '|created_at|' || ${dateTime('orders.created_at')} || '|' || orders.id`,
)

/** Parameters: workspace, then the sort key and the id of the order that the page begins after. */
export const deepPageStatement = `
  with page as materialized (
    select orders.*, ${cursor} as cursor, row_number() over () as place
    from orders where workspace_id = $1::bigint and (created_at, id) < ($2, $3) order by created_at desc, id desc limit 21
  )
  select '{"data":' || ${object(`
    select ${object(`
      select ${object(`
        select exists (select from page where place = 21) as "hasNextPage",
          (select cursor from page where place <= 20 order by place desc limit 1) as "endCursor"`)} as "pageInfo",
        ${list(`
          select orders.cursor, ${object(`
            select ${orderFields}, ${contact} as contact, ${lineItems} as "lineItems", ${invoices} as invoices`)} as node
          from page as orders where place <= 20 order by place`)} as edges`)} as orders`)} || '}' as answer`

/** Parameters: workspace and id. */
export const oneOrderStatement = `
  select '{"data":' || ${object(`
    select ${object(`select ${orderFields} from orders where workspace_id = $1 and id = $2`)} as "order"`)} || '}' as answer`
