const areas = [
  ['invoice', /invoice/],
  ['order', /^(order|one-time-order|one_time_order|subscription)/],
  ['contact', /^contact/],
]

/** A row of the panel: what happened to what and when; a click shows the payload. What happens just now lights up. */
export function eventRow(event, isLive) {
  const row = document.getElementById('event-row').content.firstElementChild.cloneNode(true)
  const button = row.querySelector('button')
  const payload = row.querySelector('pre')
  const time = row.querySelector('time')
  row.dataset.area = areas.find(([, pattern]) => pattern.test(event.eventType))?.[0] ?? 'catalog'
  row.dataset.sequence = event.sequence
  row.classList.toggle('live', isLive)
  row.querySelector('.type').textContent = event.eventType
  row.querySelector('.subject').textContent = subjectOf(event.payload)
  row.querySelector('.sequence').textContent = `№ ${event.sequence}`
  time.dateTime = event.createdAt
  time.title = event.createdAt
  time.textContent = new Date(event.createdAt).toLocaleTimeString(undefined, { hour12: false })
  button.addEventListener('click', () => {
    payload.textContent = JSON.stringify(event.payload, undefined, 2)
    payload.hidden = !payload.hidden
    button.setAttribute('aria-expanded', String(!payload.hidden))
  })
  return row
}

/** What an event is about, in a few words. */
function subjectOf({ subject_type: type, subject_id: id, data }) {
  const amount = data.total_amount && `${data.total_amount} ${data.currency ?? ''}`.trim()
  const words = {
    Order: () => [`Order ${data.order_number}`, data.service_status, amount],
    'Orders::Invoice': () => [`Invoice ${data.invoice_number} of ${data.order?.order_number}`, data.status, amount],
    Contact: () => [`Contact ${data.email_address ?? data.phone_number ?? id}`],
    Product: () => [`Product ${data.name}`],
    'Products::Variant': () => [`Variant ${data.name}`],
  }
  const parts = Object.hasOwn(words, type) ? words[type]() : [`${type} ${id}`]
  return parts.filter(Boolean).join(' · ')
}
