create table products (
  workspace_id bigint not null references workspaces,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  name text not null check (char_length(name) between 1 and 255),
  default_variant_id bigint not null,
  visible_in_store boolean not null default false,
  visible_in_customer_center boolean not null default false,
  commissionable boolean not null default false,
  seo_title text,
  seo_description text,
  variant_properties json not null default '[]',
  archived boolean not null default false,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create index products_created_at on products (workspace_id, created_at, id);
create index products_updated_at on products (workspace_id, updated_at, id);

create table variants (
  workspace_id bigint not null,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  product_id bigint not null,
  is_default boolean not null default false,
  name text not null check (char_length(name) between 1 and 255),
  description text,
  sku text,
  product_type text not null default 'digital' check (product_type in ('physical', 'digital')),
  properties_values json not null default '[]',
  quantity int,
  track_quantity boolean not null default false,
  out_of_stock_sales boolean not null default false,
  fulfillment_required boolean not null default false,
  weight numeric,
  weight_unit text not null default 'lb' check (weight_unit in ('lb', 'kg', 'oz', 'g')),
  height numeric,
  width numeric,
  length numeric,
  dimensions_unit text,
  taxable boolean not null default true,
  visible boolean not null default true,
  archived boolean not null default false,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, product_id, id),
  foreign key (workspace_id, product_id) references products
);
create unique index variants_default on variants (workspace_id, product_id) where is_default;
create index variants_created_at on variants (workspace_id, created_at, id);
create index variants_sku on variants (workspace_id, sku) where sku is not null;
create index variants_updated_at on variants (workspace_id, updated_at, id);

-- A product and its default variant name each other: both stand at commit.
alter table products add foreign key (workspace_id, id, default_variant_id)
  references variants (workspace_id, product_id, id) deferrable initially deferred;

create table prices (
  workspace_id bigint not null,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  variant_id bigint not null,
  product_id bigint not null,
  name text,
  key text,
  amount numeric not null check (amount >= 0 and amount < 1000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  payment_type text not null default 'one_time' check (payment_type in ('one_time', 'subscription', 'payment_plan')),
  interval text check (interval in ('days', 'weeks', 'months', 'quarters', 'years')),
  interval_count int check (interval_count > 0),
  duration int check (duration > 0),
  trial_interval text check (trial_interval in ('days', 'weeks', 'months', 'quarters', 'years')),
  trial_duration int check (trial_duration > 0),
  trial_amount numeric check (trial_amount >= 0 and trial_amount < 1000000000000),
  setup_amount numeric check (setup_amount >= 0 and setup_amount < 1000000000000),
  compare_at_amount numeric check (compare_at_amount >= 0 and compare_at_amount < 1000000000000),
  cost numeric check (cost >= 0 and cost < 1000000000000),
  self_cancel boolean not null default false,
  self_upgrade boolean not null default false,
  self_downgrade boolean not null default false,
  self_reactivate boolean not null default false,
  visible boolean not null default true,
  archived boolean not null default false,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, product_id, id),
  foreign key (workspace_id, product_id, variant_id) references variants (workspace_id, product_id, id),
  check (payment_type = 'one_time' or (interval is not null and interval_count is not null))
);
create index prices_variant on prices (workspace_id, variant_id, id);
create index prices_created_at on prices (workspace_id, created_at, id);
create index prices_key on prices (workspace_id, key) where key is not null;
create index prices_updated_at on prices (workspace_id, updated_at, id);
