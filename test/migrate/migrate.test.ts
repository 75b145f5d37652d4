import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConnectionError } from '../../src/database/connection-error.ts'
import { assertMigrated, migrate } from '../../src/database/migrate.ts'
import { MigrationError, readMigrations } from '../../src/database/migration-files.ts'
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../setup/database.ts'

let directory: string
let database: TestDatabase
let target: { connectionString: string }
const names = (await readMigrations('migrations')).map(({ name }) => name)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'migrations-'))
  await cp('migrations', directory, { recursive: true })
  database = await createEmptyDatabase()
  target = { connectionString: database.url }
})

afterEach(async () => {
  await rm(directory, { recursive: true })
  await database[Symbol.asyncDispose]()
})

async function rows(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

function plan(schema = 'public') {
  return { directory, schema, log: () => {} }
}

test('all files are applied once, in the order of their names, with the partitions of the coming week', async () => {
  expect(await migrate(target, plan())).toEqual(names)
  expect(await migrate(target, plan())).toEqual([])
  const recorded = await rows('select name, sha256 from schema_migrations order by applied_at')
  expect(recorded).toEqual((await readMigrations('migrations')).map(({ name, sha256 }) => ({ name, sha256 })))
  const [partitions] = await rows(`select count(*)::int, min(relname), max(relname),
    'events_' || to_char(now() at time zone 'UTC' + interval '7 days', 'YYYYMMDD') as last
    from pg_class where relname ~ '^events_\\d{8}$'`)
  expect(partitions).toMatchObject({ count: 9, max: (partitions as { last: string }).last })
})

test('two at once apply everything once', async () => {
  const [one, other] = await Promise.all([migrate(target, plan()), migrate(target, plan())])
  expect([...one, ...other].sort()).toEqual(names)
})

test('a schema of its own is made and holds every table', async () => {
  await migrate(target, plan('orders'))
  await assertMigrated(target, plan('orders'))
  const schemas = await rows(
    "select distinct relnamespace::regnamespace::text as name from pg_class where relname in ('orders', 'events_default', 'schema_migrations')",
  )
  expect(schemas).toEqual([{ name: 'orders' }])
  await expect(assertMigrated(target, plan('public'))).rejects.toThrow('lacks')
})

test('a file that was changed after it had been applied is refused', async () => {
  await migrate(target, plan())
  const [first = ''] = names
  await writeFile(join(directory, first), `${await readFile(join(directory, first), 'utf8')}-- more\n`)
  const refusal = new MigrationError(`migration ${first} was changed after it had been applied: restore the file`)
  await expect(migrate(target, plan())).rejects.toEqual(refusal)
  await expect(assertMigrated(target, plan())).rejects.toEqual(refusal)
})

test('line ends of a checkout on Windows change nothing', async () => {
  await migrate(target, plan())
  for (const name of names) {
    const file = join(directory, name)
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'))
  }
  expect(await migrate(target, plan())).toEqual([])
})

test('a database with a migration that is not ours is refused', async () => {
  await writeFile(join(directory, '9999-newer.sql'), 'create table newer ();')
  await migrate(target, plan())
  const refusal = new MigrationError(
    'the database has migration 9999-newer.sql, unknown to this version: use the newer gateway',
  )
  await rm(join(directory, '9999-newer.sql'))
  await expect(migrate(target, plan())).rejects.toEqual(refusal)
  await expect(assertMigrated(target, plan())).rejects.toEqual(refusal)
})

test('a file that comes before an applied one is refused', async () => {
  await migrate(target, plan())
  await writeFile(join(directory, '0000-late.sql'), 'create table late ();')
  await expect(migrate(target, plan())).rejects.toThrow(
    /^migration 0000-late\.sql comes before .* give it a later name$/,
  )
})

test('a database that lacks migrations is refused with the way out', async () => {
  await expect(assertMigrated(target, plan())).rejects.toEqual(
    new MigrationError(`the database lacks ${names.length} migrations (${names[0]}): run npm run migrate`),
  )
  await migrate(target, plan())
  await assertMigrated(target, plan())
  await writeFile(join(directory, '9999-newer.sql'), 'create table newer ();')
  await expect(assertMigrated(target, plan())).rejects.toEqual(
    new MigrationError('the database lacks a migration (9999-newer.sql): run npm run migrate'),
  )
})

test('a migration that fails leaves nothing of itself and all that came before', async () => {
  await writeFile(join(directory, '9998-good.sql'), 'create table good ();')
  await writeFile(join(directory, '9999-bad.sql'), 'create table half (); select 1 / 0;')
  await expect(migrate(target, plan())).rejects.toEqual(
    new MigrationError('migration 9999-bad.sql failed, nothing of it was applied: division by zero'),
  )
  expect(await rows("select to_regclass('good')::text as good, to_regclass('half')::text as half")).toEqual([
    { good: 'good', half: null },
  ])
  await writeFile(join(directory, '9999-bad.sql'), 'create table half ();')
  expect(await migrate(target, plan())).toEqual(['9999-bad.sql'])
})

test('days whose events the default partition holds do not stop a migration', async () => {
  await using migrated = await createDatabase()
  const client = new pg.Client({ connectionString: migrated.url })
  await client.connect()
  try {
    await client.query(`do $$ begin
      execute 'drop table events_' || to_char(now() at time zone 'UTC' + interval '1 day', 'YYYYMMDD');
    end $$`)
    await client.query(`insert into events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, data,
      actor_type, actor_id) values (1, 1, now() + interval '1 day', gen_random_uuid(), '', '', 1, '{}', '', 1)`)
  } finally {
    await client.end()
  }
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  expect(await migrate({ connectionString: migrated.url }, { ...plan(), log })).toEqual([])
  expect(lines).toEqual([expect.stringMatching(/^no partitions for the coming days: updated partition constraint/)])
})

test('a server that does not answer is named without its password', async () => {
  const nowhere = { connectionString: 'postgresql://someone:secret@127.0.0.1:1/orders' }
  await expect(assertMigrated(nowhere, plan())).rejects.toEqual(
    new ConnectionError(
      'cannot use PostgreSQL at 127.0.0.1:1, database orders: nothing answers there; check DATABASE_URL',
    ),
  )
})
