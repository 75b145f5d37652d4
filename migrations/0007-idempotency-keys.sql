create table idempotency_keys (
  workspace_id bigint not null,
  key text not null check (char_length(key) between 1 and 255),
  mutation text not null,
  -- SHA-256 of each member of the input but the key.
  input_hashes json not null,
  -- What the first run answered: the ids of its objects and its place in the log. Null only inside its transaction.
  result json,
  event_sequence bigint,
  created_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, key)
);
create index idempotency_keys_created_at on idempotency_keys (created_at);
