create table contacts (
  workspace_id bigint not null references workspaces,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  uuid uuid not null default gen_random_uuid(),
  anonymous boolean not null default false,
  email_address text,
  first_name text,
  last_name text,
  phone_number text,
  time_zone text,
  fb_url text,
  twitter_url text,
  instagram_url text,
  linkedin_url text,
  website_url text,
  custom_attributes json not null default '{}',
  unsubscribed_at timestamptz(3),
  email_suppression_reason text,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create unique index contacts_email_address on contacts (workspace_id, lower(email_address));
create index contacts_created_at on contacts (workspace_id, created_at, id);
create index contacts_updated_at on contacts (workspace_id, updated_at, id);

create table contact_addresses (
  workspace_id bigint not null,
  id bigint generated always as identity,
  contact_id bigint not null,
  position int not null check (position >= 0),
  is_default boolean not null default false,
  first_name text,
  last_name text,
  organization_name text,
  phone_number text,
  street_one text,
  street_two text,
  city text,
  region text,
  country text,
  postal_code text,
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts on delete cascade
);
create index contact_addresses_contact on contact_addresses (workspace_id, contact_id, position);
create unique index contact_addresses_default on contact_addresses (workspace_id, contact_id) where is_default;
