-- Of a lane only the head has a time at which it is due; when it is done the next one gets its own. Until then it is null.
alter table webhook_queue alter column due_at drop not null;

-- Whether somebody has taken it: then due_at is when others may take it. Who asks for it meanwhile must not take it from them.
alter table webhook_queue add column leased boolean not null default false;

update webhook_queue q set due_at = null
where lane is not null and exists (
  select from webhook_queue earlier
  where earlier.workspace_id = q.workspace_id and earlier.endpoint_id = q.endpoint_id
    and earlier.lane = q.lane and earlier.delivery_id < q.delivery_id);

create index webhook_queue_heads on webhook_queue (workspace_id, endpoint_id, lane)
where lane is not null and due_at is not null;

-- The last failure, to the hour: failures that lie far apart say nothing about the time between them.
alter table webhook_endpoints add column failed_at timestamptz(3);
update webhook_endpoints set failed_at = failing_since where failing_since is not null;
