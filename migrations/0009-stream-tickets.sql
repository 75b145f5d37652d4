-- Tickets that open an event stream without a header. Only their hash is kept.
create table stream_tickets (
  workspace_id bigint not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  api_key_id bigint not null,
  document text not null,
  operation_name text,
  variables json,
  created_at timestamptz(3) not null default clock_timestamp(),
  opened_at timestamptz(3),
  primary key (workspace_id, hash),
  foreign key (workspace_id, api_key_id) references api_keys on delete cascade
);
create index stream_tickets_created_at on stream_tickets (created_at);
