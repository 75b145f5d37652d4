-- The log that subscriptions, webhooks and queries read. Rows are never updated.
create table events (
  workspace_id bigint not null,
  sequence bigint not null,
  created_at timestamptz(3) not null,
  id uuid not null,
  type text not null,
  subject_type text not null,
  subject_id bigint not null,
  live_mode boolean,
  api_version smallint not null default 2,
  -- The webhook body's data as it was at that moment; json keeps it as written.
  data json not null,
  actor_type text not null,
  actor_id bigint not null,
  actor_name text,
  primary key (workspace_id, sequence, created_at)
) partition by range (created_at);
create index events_id on events (workspace_id, id);
create index events_type on events (workspace_id, type, sequence);
create index events_subject on events (workspace_id, subject_type, subject_id, sequence);

-- Takes what no day's partition takes, so that a late job never stops a write.
create table events_default partition of events default;

-- Makes the partitions of the UTC days from_day to to_day, both included, that are not there yet.
create function create_event_partitions(from_day date, to_day date) returns void
language plpgsql as $$
declare
  day date := from_day;
  partition text;
begin
  while day <= to_day loop
    partition := 'events_' || to_char(day, 'YYYYMMDD');
    if to_regclass(quote_ident(current_schema()) || '.' || partition) is null then
      execute format('create table %I partition of events for values from (%L) to (%L)',
        partition, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
    end if;
    day := day + 1;
  end loop;
end $$;
