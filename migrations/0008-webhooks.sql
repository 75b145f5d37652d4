create table webhook_endpoints (
  workspace_id bigint not null references workspaces,
  id bigint generated always as identity,
  public_id text not null generated always as (public_id(id)) stored,
  url text not null check (char_length(url) between 1 and 2048),
  name text not null check (char_length(name) between 1 and 255),
  -- Empty: all types.
  event_types text[] not null,
  api_version smallint not null default 2 check (api_version = 2),
  -- Null: whatever the mode.
  live_mode boolean,
  ordered boolean not null default false,
  -- Events up to this sequence are not delivered: they came before it was made, or last enabled.
  starts_after bigint not null,
  -- Shapes the body, with the rights of whoever wrote it.
  document text,
  document_scopes text[] not null default '{}',
  -- Sealed: the secrets' keys are not in the database.
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz(3),
  enabled boolean not null default true,
  disabled_at timestamptz(3),
  disabled_reason text check (disabled_reason in ('requested', 'gone', 'failing')),
  -- The first failure since the last success.
  failing_since timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id),
  check (enabled = (disabled_at is null) and enabled = (disabled_reason is null)),
  check ((previous_secret is null) = (previous_secret_until is null))
);
create index webhook_endpoints_created_at on webhook_endpoints (workspace_id, created_at, id);

-- How far the log of a workspace was turned into deliveries. Its row lock is what one process at a time has.
create table webhook_places (
  workspace_id bigint primary key,
  sequence bigint not null
) with (fillfactor = 50);

create sequence webhook_delivery_ids;

-- One event for one endpoint, kept by days and dropped by days.
create table webhook_deliveries (
  workspace_id bigint not null,
  id bigint not null default nextval('webhook_delivery_ids'),
  created_at timestamptz(3) not null default clock_timestamp(),
  endpoint_id bigint not null,
  event_id uuid not null,
  event_sequence bigint not null,
  event_type text not null,
  origin text not null check (origin in ('event', 'replay')),
  status text not null check (status in ('pending', 'delivered', 'dead')),
  attempts int not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz(3),
  finished_at timestamptz(3),
  primary key (workspace_id, id, created_at)
) partition by range (created_at);
create index webhook_deliveries_endpoint on webhook_deliveries (workspace_id, endpoint_id, id);
create index webhook_deliveries_event on webhook_deliveries (workspace_id, event_id);
create index webhook_deliveries_unfinished on webhook_deliveries (workspace_id, status, id) where status <> 'delivered';
create table webhook_deliveries_default partition of webhook_deliveries default;

-- What was sent and answered each time.
create table webhook_attempts (
  workspace_id bigint not null,
  delivery_id bigint not null,
  number int not null check (number > 0),
  created_at timestamptz(3) not null,
  duration_ms int not null check (duration_ms >= 0),
  status_code smallint,
  error text,
  request_head text not null,
  response_head text,
  response_body text,
  primary key (workspace_id, delivery_id, number, created_at)
) partition by range (created_at);
create table webhook_attempts_default partition of webhook_attempts default;

-- The deliveries that are not finished, apart from the history: small, whatever that grows to.
create table webhook_queue (
  workspace_id bigint not null,
  delivery_id bigint not null,
  delivery_created_at timestamptz(3) not null,
  endpoint_id bigint not null,
  event_sequence bigint not null,
  event_created_at timestamptz(3) not null,
  -- Of a lane only the earliest delivery is sent; null: whenever it is due.
  lane text,
  attempts int not null,
  -- Failures since it was queued; the wait grows with them.
  failures int not null default 0,
  queued_at timestamptz(3) not null,
  -- Whoever takes it moves this ahead: if they never say how it went, somebody else takes it then.
  due_at timestamptz(3) not null,
  primary key (workspace_id, delivery_id),
  foreign key (workspace_id, endpoint_id) references webhook_endpoints on delete cascade
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index webhook_queue_due on webhook_queue (workspace_id, endpoint_id, due_at);
create index webhook_queue_lane on webhook_queue (workspace_id, endpoint_id, lane, delivery_id) where lane is not null;

-- Makes the partitions of the UTC days from_day to to_day, both included, that are not there yet.
create function create_webhook_partitions(from_day date, to_day date) returns void
language plpgsql as $$
declare
  day date := from_day;
  parent text;
  partition text;
begin
  while day <= to_day loop
    foreach parent in array array['webhook_deliveries', 'webhook_attempts'] loop
      partition := parent || '_' || to_char(day, 'YYYYMMDD');
      if to_regclass(quote_ident(current_schema()) || '.' || partition) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)',
          partition, parent, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
      end if;
    end loop;
    day := day + 1;
  end loop;
end $$;
