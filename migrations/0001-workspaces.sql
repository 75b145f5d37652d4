-- Letters that stand for an id outside: a bijection, so they are unique wherever the id is.
-- Six letters up to 26^6 ids, eight after that.
create function public_id(id bigint) returns text
language plpgsql immutable strict parallel safe as $$
declare
  six constant bigint := 308915776;
  x bigint;
  letters text := '';
begin
  if id < six then
    x := (id * 190899227 + 47293611) % six;
    for i in 1..6 loop
      letters := chr(97 + (x % 26)::int) || letters;
      x := x / 26;
    end loop;
  else
    x := (id * 41234567 + 9182736451) % 208827064576;
    for i in 1..8 loop
      letters := chr(97 + (x % 26)::int) || letters;
      x := x / 26;
    end loop;
  end if;
  return letters;
end $$;

create table workspaces (
  id bigint generated always as identity primary key,
  public_id text not null generated always as (public_id(id)) stored,
  subdomain text not null unique check (subdomain ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (char_length(name) between 1 and 255),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default clock_timestamp()
);

-- The last lock of every write. No foreign key: a reference check would lock the workspace row on each of them.
create table workspace_counters (
  workspace_id bigint primary key,
  epoch text not null,
  last_sequence bigint not null default 0,
  last_order_number bigint not null default 1000,
  last_invoice_number bigint not null default 0
) with (fillfactor = 10);

create table api_keys (
  workspace_id bigint not null references workspaces,
  id bigint generated always as identity,
  key_id text not null unique check (key_id ~ '^[0-9a-z]{16}$'),
  name text not null check (char_length(name) between 1 and 255),
  secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
  scopes text[] not null check (cardinality(scopes) > 0),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  primary key (workspace_id, id)
);
