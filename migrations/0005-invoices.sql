create table invoices (
  workspace_id bigint not null,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  -- Null only inside the transaction that creates the invoice: the counter is its last lock.
  number text,
  version int not null default 1,
  order_id bigint not null,
  status text not null check (status in
    ('draft', 'unpaid', 'partially-paid', 'paid', 'past-due', 'abandoned', 'voided', 'partially-refunded',
     'refunded', 'disputed')),
  invoice_type text not null check (invoice_type in
    ('initial', 'renewal', 'interim', 'cancellation', 'one_time', 'refund', 'charge', 'one_time_sale')),
  payment_processor text not null check (payment_processor in ('payments_ai', 'stripe', 'external')),
  external_id text,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  subtotal_amount numeric not null check (subtotal_amount >= 0),
  shipping_amount numeric not null check (shipping_amount >= 0),
  total_amount numeric not null check (total_amount >= 0),
  due_amount numeric not null check (due_amount >= 0),
  issued_at timestamptz(3) not null,
  due_at timestamptz(3),
  paid_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, number),
  foreign key (workspace_id, order_id) references orders
);
create unique index invoices_external_id on invoices (workspace_id, external_id, payment_processor)
  where external_id is not null;
create index invoices_order on invoices (workspace_id, order_id, issued_at, id);
create index invoices_created_at on invoices (workspace_id, created_at, id);
create index invoices_updated_at on invoices (workspace_id, updated_at, id);
create index invoices_issued_at on invoices (workspace_id, issued_at, id);
create index invoices_status on invoices (workspace_id, status, created_at, id);
create index invoices_due_at on invoices (workspace_id, due_at, id) where due_at is not null;
create index invoices_paid_at on invoices (workspace_id, paid_at, id) where paid_at is not null;

-- A snapshot: what the variant and the price were called and cost when the invoice was issued stands here.
create table invoice_line_items (
  workspace_id bigint not null,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  invoice_id bigint not null,
  position int not null check (position >= 0),
  description text,
  quantity int not null check (quantity between 1 and 10000),
  amount numeric not null check (amount >= 0 and amount < 1000000000000),
  product_id bigint not null,
  variant_id bigint not null,
  variant_name text not null,
  variant_description text,
  variant_sku text,
  variant_fulfillment_required boolean not null,
  price_id bigint not null,
  price_amount numeric not null,
  price_currency text not null,
  price_payment_type text not null check (price_payment_type in ('one_time', 'subscription', 'payment_plan')),
  price_interval text check (price_interval in ('days', 'weeks', 'months', 'quarters', 'years')),
  price_interval_count int,
  price_duration int,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, invoice_id) references invoices,
  -- A price of another variant of the same product will do (domain 4.5).
  foreign key (workspace_id, product_id, variant_id) references variants (workspace_id, product_id, id),
  foreign key (workspace_id, product_id, price_id) references prices (workspace_id, product_id, id)
);
create unique index invoice_line_items_invoice on invoice_line_items (workspace_id, invoice_id, position);

create table invoice_status_changes (
  workspace_id bigint not null,
  id bigint generated always as identity,
  invoice_id bigint not null,
  from_status text,
  to_status text not null,
  changed_at timestamptz(3) not null,
  actor_type text not null,
  actor_id bigint not null,
  actor_name text,
  event_id uuid not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, invoice_id) references invoices
);
create index invoice_status_changes_invoice on invoice_status_changes (workspace_id, invoice_id, id);
