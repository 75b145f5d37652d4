create table orders (
  workspace_id bigint not null references workspaces,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  -- Null only inside the transaction that creates the order: the counter is its last lock.
  number bigint,
  version int not null default 1,
  contact_id bigint not null,
  live_mode boolean not null,
  order_type text not null check (order_type in ('one-time-order', 'subscription-order')),
  payment_processor text not null check (payment_processor in ('payments_ai', 'stripe', 'external')),
  service_status text not null check (service_status in
    ('pending', 'active', 'completed', 'churned', 'canceled', 'suspended', 'paused', 'abandoned', 'voided')),
  billing_status text not null check (billing_status in
    ('pending', 'draft', 'unpaid', 'partially-paid', 'paid', 'past-due', 'abandoned', 'voided',
     'partially-refunded', 'refunded', 'disputed')),
  total_amount numeric not null check (total_amount >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  origination_channel_type text not null,
  origination_channel_id bigint not null,
  origination_channel_name text,
  shipping_address_first_name text,
  shipping_address_last_name text,
  shipping_address_organization_name text,
  shipping_address_phone_number text,
  shipping_address_street_one text,
  shipping_address_street_two text,
  shipping_address_city text,
  shipping_address_region text,
  shipping_address_country text,
  shipping_address_postal_code text,
  billing_address_street_one text,
  billing_address_street_two text,
  billing_address_city text,
  billing_address_region text,
  billing_address_country text,
  billing_address_postal_code text,
  phone_number text,
  notes text,
  in_trial boolean not null default false,
  trial_end_at timestamptz(3),
  activated_at timestamptz(3),
  next_charge_at timestamptz(3),
  renewal_at timestamptz(3),
  paid_until timestamptz(3),
  canceled_at timestamptz(3),
  canceled_by text,
  cancel_reason text,
  cancel_description text,
  churned_at timestamptz(3),
  recurring_invoices_paid_count int not null default 0 check (recurring_invoices_paid_count >= 0),
  external_id text,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, number),
  foreign key (workspace_id, contact_id) references contacts
);
create unique index orders_external_id on orders (workspace_id, external_id, payment_processor)
  where external_id is not null;
create index orders_contact on orders (workspace_id, contact_id, created_at, id);
create index orders_created_at on orders (workspace_id, created_at, id);
create index orders_test_mode on orders (workspace_id, created_at, id) where not live_mode;
create index orders_updated_at on orders (workspace_id, updated_at, id);
create index orders_total_amount on orders (workspace_id, total_amount, id);
create index orders_service_status on orders (workspace_id, service_status, created_at, id);
create index orders_billing_status on orders (workspace_id, billing_status, created_at, id);

create table order_line_items (
  workspace_id bigint not null,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  order_id bigint not null,
  position int not null check (position >= 0),
  quantity int not null check (quantity between 1 and 10000),
  -- What one cost when the order was made: the price can change later, the order's total does not.
  amount numeric not null check (amount >= 0 and amount < 1000000000000),
  product_id bigint not null,
  variant_id bigint not null,
  price_id bigint not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, order_id) references orders,
  -- A price of another variant of the same product will do (domain 4.5).
  foreign key (workspace_id, product_id, variant_id) references variants (workspace_id, product_id, id),
  foreign key (workspace_id, product_id, price_id) references prices (workspace_id, product_id, id)
);
create unique index order_line_items_order on order_line_items (workspace_id, order_id, position);
create index order_line_items_product on order_line_items (workspace_id, product_id, order_id);
create index order_line_items_price on order_line_items (workspace_id, price_id, order_id);
create index order_line_items_variant on order_line_items (workspace_id, variant_id, order_id);

create table order_status_changes (
  workspace_id bigint not null,
  id bigint generated always as identity,
  order_id bigint not null,
  from_status text,
  to_status text not null,
  changed_at timestamptz(3) not null,
  actor_type text not null,
  actor_id bigint not null,
  actor_name text,
  event_id uuid not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, order_id) references orders
);
create index order_status_changes_order on order_status_changes (workspace_id, order_id, id);
