import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { databaseUrl } from './database-url.ts'

/** A database of a test's own, dropped with `await using` or by hand. */
export interface TestDatabase extends AsyncDisposable {
  url: string
  name: string
}

/** A copy of the migrated database. */
export async function createDatabase(): Promise<TestDatabase> {
  // Without fsync, which the test server goes without, copying files beats logging every page.
  return create(`template ${inject('template')} strategy file_copy`)
}

/** A database with nothing in it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create('')
}

async function create(how: string): Promise<TestDatabase> {
  const name = `gateway_test_${randomBytes(6).toString('hex')}`
  await onServer(`create database ${name} ${how}`)
  return {
    name,
    url: databaseUrl(inject('testServer'), name),
    [Symbol.asyncDispose]: () => onServer(`drop database if exists ${name} with (force)`),
  }
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('testServer') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
