type Data = Readonly<Record<string, unknown>>

const subjects: Record<string, (data: Data, id: string) => unknown[]> = {
  Contact: (data, id) => [`Contact ${data.email_address ?? data.phone_number ?? id}`],
  Order: data => [`Order ${data.order_number}`, data.service_status, amountOf(data)],
  'Orders::Invoice': data => [`Invoice ${data.invoice_number}${ofOrder(data)}`, data.status, amountOf(data)],
  Product: data => [`Product ${data.name}`],
  'Products::Variant': data => [`Variant ${data.name}`],
}

/** What a webhook body is about, in a few words: `Invoice 7 of #1004, paid, 198.00 USD`. */
export function subjectOf(payload: Data): string {
  const { subject_type: type, subject_id: id, data } = payload
  const describe = Object.hasOwn(subjects, String(type)) ? subjects[String(type)] : undefined
  const parts = describe?.(isObject(data) ? data : {}, String(id)) ?? [`${type} ${id}`]
  // A name could hold what moves a terminal's cursor.
  return parts
    .filter(part => part != null && part !== '')
    .join(', ')
    .replace(/\p{C}/gu, '\ufffd')
}

function amountOf({ total_amount: amount, currency }: Data): string {
  return amount == null ? '' : [amount, currency].filter(part => part != null).join(' ')
}

function ofOrder({ order }: Data): string {
  return isObject(order) ? ` of ${order.order_number}` : ''
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null
}
