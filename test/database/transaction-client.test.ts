import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Databases } from '../../src/database/connect.ts'
import type { DB } from '../../src/database/tables.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'

let database: TestDatabase
let databases: Databases
let db: Kysely<DB>
beforeAll(async () => {
  database = await createDatabase()
  // One connection, so that what one transaction leaves behind is what the next one finds.
  const shape = { schema: 'public', poolSize: 1, poolQueue: 10, statementTimeoutMs: 5_000 }
  databases = new Databases({ connectionString: database.url, ...shape, sharedConnections: 1 }, () => {})
  db = databases.db
})
afterAll(async () => {
  await databases[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const workspacesNamed = (on: Kysely<DB>, name: string) =>
  on.selectFrom('workspaces').select('id').where('name', '=', name).execute()

async function prepared(): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)
  return rows.map(({ statement }) => statement).filter(statement => statement.includes('"workspaces"'))
}

async function backend(): Promise<number | undefined> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid
}

test('what comes again in transactions is prepared, and nothing else', async () => {
  await workspacesNamed(db, 'a')
  await workspacesNamed(db, 'b')
  expect(await prepared()).toEqual([])
  await db.transaction().execute(trx => workspacesNamed(trx, 'a'))
  expect(await prepared()).toEqual([])
  await db.transaction().execute(trx => workspacesNamed(trx, 'b'))
  expect(await prepared()).toEqual(['select "id" from "workspaces" where "name" = $1'])
  await workspacesNamed(db, 'c')
  expect(await prepared()).toHaveLength(1)
})

test('a transaction is one, though its beginning is not waited for', async () => {
  const names = async () =>
    (await db.selectFrom('workspaces').select('name').orderBy('name').execute()).map(row => row.name)
  const insert = (on: Kysely<DB>, name: string) =>
    on
      .insertInto('workspaces')
      .values({ subdomain: name, name, currency: 'USD' } as never)
      .execute()
  const before = await names()
  const failing = db.transaction().execute(async trx => {
    await insert(trx, 'rolled-back')
    throw new Error('on purpose')
  })
  await expect(failing).rejects.toThrow('on purpose')
  const wrong = db.transaction().execute(async trx => {
    await sql`select 1 / 0`.execute(trx)
  })
  await expect(wrong).rejects.toThrow('division by zero')
  await db.transaction().execute(async () => {})
  expect(await names()).toEqual(before)
  const level = await db
    .transaction()
    .setIsolationLevel('serializable')
    .execute(async trx => (await sql<{ level: string }>`show transaction_isolation`.execute(trx)).rows[0])
  expect(level).toEqual({ transaction_isolation: 'serializable' })
  // The connection is in no transaction any more.
  await insert(db, 'stays')
  expect(await names()).toEqual([...before, 'stays'].sort())
})

test('a connection whose prepared statements no longer fit is not used again', async () => {
  await sql`create table shapes (shape int)`.execute(db)
  const read = () => db.transaction().execute(async trx => (await sql`select shape from shapes`.execute(trx)).rows)
  await read()
  await read()
  const first = await backend()
  await sql`alter table shapes alter shape type text`.execute(db)
  await expect(read()).rejects.toMatchObject({ code: '0A000' })
  expect(await read()).toEqual([])
  expect(await backend()).not.toBe(first)
})
