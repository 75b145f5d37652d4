import { expect, test } from 'vitest'
import { openTables, tables } from '../setup/open-tables.ts'

test('every table of the database is known', () => {
  expect(tables).toEqual(
    expect.arrayContaining(['contacts', 'order_line_items', 'events', 'webhook_endpoints', 'workspaces']),
  )
})

test.each([
  ['select "workspace_id", "id" from "contacts" where "id" = any($1)', ['contacts']],
  ['select "id" from "contacts" where "workspace_id" = $1 and "id" = $2', []],
  [
    'select p.id from "prices" p join "variants" on "variants"."workspace_id" = p."workspace_id" where p."id" = $1',
    ['prices', 'variants'],
  ],
  [
    'select p.id from "prices" p join "variants" on "variants"."workspace_id" = p."workspace_id" where p."workspace_id" = $1',
    [],
  ],
  [
    'select * from orders where workspace_id = $1 and exists (select from order_line_items where id = $2)',
    ['orders', 'order_line_items'],
  ],
  [
    'update "contacts" set "first_name" = $1, "workspace_id" = $2 where "id" = $3 returning "workspace_id"',
    ['contacts'],
  ],
  ['update "contacts" set "first_name" = $1 where "workspace_id" = $2 and "id" = $3', []],
  ['delete from "contact_addresses" where "contact_id" = $1', ['contact_addresses']],
  ['insert into "events" ("id", "data") values ($1, $2) returning "workspace_id"', ['events']],
  ['insert into "events" ("workspace_id", "data") values ($1, $2)', []],
  ['insert into "webhook_queue" select * from "events" where "workspace_id" = $1', ['webhook_queue']],
  ['select "subdomain" from "workspaces"', ['workspaces']],
  ['select "subdomain" from "workspaces" where "id" = $1', []],
  ['select set_config($1, $2, true)', []],
])('%s', (statement, open) => {
  expect(openTables(statement)).toEqual(open)
})
