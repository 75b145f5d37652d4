-- Until when the receiver asked for nothing more; null or past: it did not.
alter table webhook_endpoints add column held_until timestamptz(3);
