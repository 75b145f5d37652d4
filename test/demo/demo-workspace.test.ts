import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { revokeApiKey } from '../../src/api-keys/revoke-api-key.ts'
import { readConfig } from '../../src/config.ts'
import { createContact } from '../../src/contacts/create-contact.ts'
import { Databases } from '../../src/database/connect.ts'
import { openDemo } from '../../src/demo/demo-workspace.ts'
import { fillDemo } from '../../src/demo/fill-demo.ts'
import type { CommandContext } from '../../src/idempotency/run-command.ts'
import { listWorkspaces } from '../../src/workspaces/workspace-store.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'

let directory: string
let database: TestDatabase
let databases: Databases

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'demo-'))
  database = await createDatabase()
  const config = readConfig({ DATABASE_URL: database.url })
  databases = new Databases({ ...config, connectionString: database.url, schema: config.databaseSchema }, () => {})
})

afterEach(async () => {
  await databases[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

async function fillOneContact(context: CommandContext): Promise<void> {
  await createContact(context, { emailAddress: 'only.one@customers.example' })
}

async function countOf(table: 'contacts' | 'events' | 'api_keys' | 'workspace_counters'): Promise<number> {
  const { count } = await databases.db
    .selectFrom(table)
    .select(eb => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

test('the first start makes the workspace, fills it and keeps its key; the second finds both', async () => {
  const { key, file } = await openDemo(databases, directory, fillOneContact)
  expect(file).toBe(join(directory, 'demo-key'))
  expect(await readFile(file, 'utf8')).toBe(`${key}\n`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await listWorkspaces(databases.db)).toMatchObject([{ subdomain: 'demo', name: 'Demo Store', currency: 'USD' }])
  expect((await new KeyRing(databases).authenticate(key))?.workspace.subdomain).toBe('demo')
  const refill = () => Promise.reject(new Error('filled twice'))
  expect(await openDemo(databases, directory, refill)).toEqual({ key, file })
  expect([await countOf('contacts'), await countOf('api_keys')]).toEqual([1, 1])
})

test('a fill that broke off is made anew and leaves no trace', async () => {
  const breakOff = async (context: CommandContext) => {
    await fillOneContact(context)
    await fillDemo(context)
    throw new Error('broken off')
  }
  await expect(openDemo(databases, directory, breakOff)).rejects.toThrow('broken off')
  expect(await countOf('events')).toBeGreaterThan(0)
  const { key } = await openDemo(databases, directory, fillOneContact)
  expect((await new KeyRing(databases).authenticate(key))?.workspace.name).toBe('Demo Store')
  expect(await listWorkspaces(databases.db)).toMatchObject([{ subdomain: 'demo' }])
  const counts = await Promise.all((['contacts', 'api_keys', 'workspace_counters'] as const).map(countOf))
  expect(counts).toEqual([1, 1, 1])
})

test.each(['lost', 'revoked'])('in place of a key that was %s there is another', async how => {
  const { key, file } = await openDemo(databases, directory, fillOneContact)
  if (how === 'lost') await rm(file)
  else await revokeApiKey(databases.db, key.slice(4, 20))
  const again = await openDemo(databases, directory, fillOneContact)
  expect(again.key).not.toBe(key)
  expect(await readFile(file, 'utf8')).toBe(`${again.key}\n`)
  expect(await new KeyRing(databases).authenticate(again.key)).toBeDefined()
  expect(await countOf('contacts')).toBe(1)
})
