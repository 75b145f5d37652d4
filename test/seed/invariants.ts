/** What holds of seeded rows: each statement finds those of which it does not. */
export const invariants: Record<string, string> = {
  'an order’s total is what its lines cost': `
    select o.id from orders o where total_amount <> (
      select sum(l.amount * l.quantity) from order_line_items l
      where l.workspace_id = o.workspace_id and l.order_id = o.id)`,
  'a line costs what its price costs': `
    select l.id from order_line_items l join prices p on p.workspace_id = l.workspace_id and p.id = l.price_id
    where l.amount <> p.amount or l.product_id <> p.product_id or l.variant_id <> p.variant_id`,
  'an invoice adds up': `
    select i.id from invoices i join lateral (
      select sum(amount * quantity) as subtotal from invoice_line_items l
      where l.workspace_id = i.workspace_id and l.invoice_id = i.id) s on true
    where subtotal_amount <> subtotal or total_amount <> subtotal_amount + shipping_amount
      or due_amount <> case when status in ('unpaid', 'past-due') then total_amount else 0 end`,
  'amounts have the decimals of their currency': `
    select id from (
      select id, currency, total_amount as amount from orders
      union all select l.id, o.currency, l.amount from order_line_items l join orders o on o.id = l.order_id
      union all select id, currency, unnest(array[subtotal_amount, shipping_amount, total_amount, due_amount]) from invoices
      union all select id, price_currency, unnest(array[amount, price_amount]) from invoice_line_items
      union all select id, currency, unnest(array[amount, setup_amount, compare_at_amount, cost]) from prices) as amounts
    where scale(amount) <> case currency when 'JPY' then 0 when 'KWD' then 3 else 2 end`,
  'everything is in the currency of its workspace': `
    select 1 from workspaces w join orders o on o.workspace_id = w.id
      left join invoices i on i.workspace_id = w.id and i.order_id = o.id
      left join invoice_line_items l on l.workspace_id = w.id and l.invoice_id = i.id
    where o.currency <> w.currency or i.currency <> w.currency or l.price_currency <> w.currency`,
  'an invoice line is a snapshot of what it sells': `
    select l.id from invoice_line_items l
      join variants v on v.workspace_id = l.workspace_id and v.id = l.variant_id
      join prices p on p.workspace_id = l.workspace_id and p.id = l.price_id
    where (l.variant_name, l.variant_fulfillment_required, l.price_amount, l.price_payment_type) is distinct from
        (v.name, v.fulfillment_required, p.amount, p.payment_type)
      or (l.variant_description, l.variant_sku, l.price_interval, l.price_interval_count, l.price_duration) is distinct from
        (v.description, v.sku, p.interval, p.interval_count, p.duration)`,
  'order numbers are gapless from 1001 in the order of id and time': `
    select id from (
      select id, number, row_number() over (partition by workspace_id order by id) as place,
        lag(created_at) over (partition by workspace_id order by id) as before, created_at from orders) as o
    where number <> 1000 + place or created_at < before`,
  'invoice numbers are gapless from 1 in the order of id and time': `
    select id from (
      select id, number, row_number() over (partition by workspace_id order by id) as place,
        lag(created_at) over (partition by workspace_id order by id) as before, created_at from invoices) as i
    where number <> place::text or created_at < before`,
  'contacts and the catalog come in the order of id': `
    select id from (
      select id, created_at, lag(created_at) over (partition by kind, workspace_id order by id) as before from (
        select 'contact' as kind, workspace_id, id, created_at from contacts
        union all select 'product', workspace_id, id, created_at from products
        union all select 'variant', workspace_id, id, created_at from variants
        union all select 'price', workspace_id, id, created_at from prices) as rows) as ordered
    where created_at < before`,
  'the counters stand at the last numbers': `
    select workspace_id from workspace_counters c
    where last_order_number <> (select max(number) from orders o where o.workspace_id = c.workspace_id)
      or last_invoice_number <> (select max(number::bigint) from invoices i where i.workspace_id = c.workspace_id)
      or last_sequence <> (select coalesce(max(sequence), 0) from events e where e.workspace_id = c.workspace_id)`,
  'the billing status is that of the latest invoice': `
    select o.id from orders o where billing_status <> coalesce((
      select status from invoices i where i.workspace_id = o.workspace_id and i.order_id = o.id
      order by issued_at desc, id desc limit 1), 'pending')`,
  'a paid invoice of a one-time order made it completed': `
    select o.id from orders o join invoices i on i.workspace_id = o.workspace_id and i.order_id = o.id
    where order_type = 'one-time-order' and service_status = 'pending'
      and exists (select from invoice_status_changes c where c.workspace_id = i.workspace_id and c.invoice_id = i.id and to_status = 'paid')`,
  'a subscription counts the invoices that were paid': `
    select o.id from orders o where recurring_invoices_paid_count <> case order_type when 'one-time-order' then 0 else (
      select count(*) from invoices i where i.workspace_id = o.workspace_id and i.order_id = o.id and paid_at is not null) end`,
  'the lines make the order’s type': `
    select o.id from orders o join lateral (
      select bool_or(p.payment_type <> 'one_time') as recurs from order_line_items l
        join prices p on p.workspace_id = l.workspace_id and p.id = l.price_id
      where l.workspace_id = o.workspace_id and l.order_id = o.id) as sold on true
    where recurs is null or recurs <> (order_type = 'subscription-order')`,
  'an invoice’s type fits its order': `
    select i.id from invoices i join orders o on o.workspace_id = i.workspace_id and o.id = i.order_id
    where (invoice_type = 'one_time_sale') <> (order_type = 'one-time-order') or i.payment_processor <> o.payment_processor`,
  'an invoice that is paid, refunded or disputed says when, an open one does not': `
    select id from invoices where status in ('paid', 'refunded', 'disputed') and paid_at is null and payment_processor = 'external'
      or status = 'paid' and paid_at is null
      or status in ('draft', 'unpaid', 'past-due', 'abandoned', 'voided') and paid_at is not null`,
  'an invoice is not due before it is issued': `select id from invoices where due_at < issued_at`,
  'a canceled or churned subscription says when and a running one does not': `
    select id from orders where service_status = 'canceled' and canceled_at is null
      or service_status = 'churned' and churned_at is null
      or service_status in ('active', 'canceled', 'churned') and order_type = 'subscription-order' and activated_at is null
        and exists (select from order_status_changes c where c.workspace_id = orders.workspace_id and c.order_id = orders.id and to_status = 'active')
      or service_status = 'active' and (canceled_at is not null or churned_at is not null or cancel_reason is not null)`,
  'the history of an order ends in its status, each change where the last one ended': `
    select o.id from orders o join lateral (
      select array_agg(to_status order by id) as reached, array_agg(from_status order by id) as left_behind,
        min(changed_at) as first, count(*) as changes from order_status_changes c
      where c.workspace_id = o.workspace_id and c.order_id = o.id) as h on true
    where changes = 0 or reached[changes] <> service_status or left_behind[1] is not null or first <> created_at
      or reached[:changes - 1] <> left_behind[2:]`,
  'the history of an invoice ends in its status, each change where the last one ended': `
    select i.id from invoices i join lateral (
      select array_agg(to_status order by id) as reached, array_agg(from_status order by id) as left_behind,
        min(changed_at) as first, count(*) as changes from invoice_status_changes c
      where c.workspace_id = i.workspace_id and c.invoice_id = i.id) as h on true
    where changes = 0 or reached[changes] <> status or left_behind[1] is not null or first <> created_at
      or version <> changes or reached[:changes - 1] <> left_behind[2:]`,
  'a contact has at most one default address': `
    select contact_id from contact_addresses where is_default group by workspace_id, contact_id having count(*) > 1`,
  'an order of a contact with a default address is shipped somewhere': `
    select o.id from orders o join contact_addresses a
      on a.workspace_id = o.workspace_id and a.contact_id = o.contact_id and is_default
    where shipping_address_country is null or shipping_address_first_name is null`,
  'a product has one default variant, which has no values of properties': `
    select p.id from products p left join variants v on v.workspace_id = p.workspace_id and v.product_id = p.id and v.is_default
    where v.id is distinct from p.default_variant_id or v.properties_values::text <> '[]'`,
  'what is archived is hidden': `
    select id from products where archived and (visible_in_store or visible_in_customer_center)`,
  'nothing is sold after it was archived, or before it was there': `
    select o.id from orders o join order_line_items l on l.workspace_id = o.workspace_id and l.order_id = o.id
      join prices p on p.workspace_id = l.workspace_id and p.id = l.price_id
    where o.created_at < p.created_at or p.archived and o.created_at >= p.updated_at`,
  'visitors without a name order nothing': `
    select c.id from contacts c where anonymous <> (email_address is null and phone_number is null)
      or anonymous and exists (select from orders o where o.workspace_id = c.workspace_id and o.contact_id = c.id)`,
  'sequences are gapless from 1 and run with time': `
    select sequence from (
      select sequence, created_at, row_number() over w as place, lag(created_at) over w as before
      from events window w as (partition by workspace_id order by sequence)) as e
    where sequence <> place or created_at < before`,
  'every event is in the partition of its day': `select id from events_default`,
  'no event has the id of another': `select id from events group by id having count(*) > 1`,
  'an event shows the id of its subject': `
    select id from events where (data ->> 'id')::bigint <> subject_id or data ->> 'public_id' <> public_id(subject_id)`,
  'an event shows its lines by their public ids': `
    select e.id from events e cross join json_array_elements(data -> 'line_items') as line
    where line ->> 'public_id' <> public_id((line ->> 'id')::bigint)`,
}

/** What holds only when all events are in the log. */
export const logInvariants: Record<string, string> = {
  'every change of status names an event of its subject and time': `
    select 1 from (
      select workspace_id, 'Order' as subject_type, order_id as subject_id, event_id, changed_at from order_status_changes
      union all select workspace_id, 'Orders::Invoice', invoice_id, event_id, changed_at from invoice_status_changes) as c
    left join events e on e.workspace_id = c.workspace_id and e.id = c.event_id
    where e.id is null or e.created_at <> c.changed_at
      or e.subject_id <> c.subject_id and e.type <> 'order.completed' or e.subject_type <> c.subject_type`,
  'the last event of an order shows it as it is': `
    select o.id from orders o join lateral (
      select data from events e where e.workspace_id = o.workspace_id and subject_type = 'Order' and subject_id = o.id
      order by sequence desc limit 1) as last on true
    where (data ->> 'service_status', data ->> 'billing_status', data ->> 'total_amount', data ->> 'order_number',
        (data ->> 'updated_at')::timestamptz, (data ->> 'recurring_invoices_paid_count')::int) is distinct from
      (service_status, billing_status, total_amount::text, '#' || number, updated_at, recurring_invoices_paid_count)`,
  'the last event of an invoice shows it as it is': `
    select i.id from invoices i join lateral (
      select data from events e where e.workspace_id = i.workspace_id and subject_type = 'Orders::Invoice' and subject_id = i.id
      order by sequence desc limit 1) as last on true
    where (data ->> 'status', data ->> 'invoice_number', data ->> 'total_amount', data ->> 'due_amount',
        (data ->> 'updated_at')::timestamptz, (data ->> 'paid_at')::timestamptz) is distinct from
      (status, number, total_amount::text, due_amount::text, updated_at, paid_at)`,
  'every order, invoice, contact, product and variant was created in the log': `
    select 1 from (
      select workspace_id, 'order.created' as type, id, created_at from orders
      union all select workspace_id, 'orders/invoice.created', id, created_at from invoices
      union all select workspace_id, 'contact.created', id, created_at from contacts
      union all select workspace_id, 'product.created', id, created_at from products
      union all select workspace_id, 'products/variant.created', id, created_at from variants) as subjects
    left join events e on e.workspace_id = subjects.workspace_id and e.type = subjects.type and e.subject_id = subjects.id
    where e.created_at is distinct from subjects.created_at`,
}
