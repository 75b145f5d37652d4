import type { Kysely } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { writeApiKey } from '../../src/api-keys/api-key.ts'
import { listApiKeys } from '../../src/api-keys/api-key-store.ts'
import { createApiKey } from '../../src/api-keys/create-api-key.ts'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { revokeApiKey } from '../../src/api-keys/revoke-api-key.ts'
import { KeyNotValid, rotateApiKey } from '../../src/api-keys/rotate-api-key.ts'
import { readConfig } from '../../src/config.ts'
import { Databases } from '../../src/database/connect.ts'
import { statementChannel, statementCount } from '../../src/database/statement-count.ts'
import type { DB } from '../../src/database/tables.ts'
import { scopes } from '../../src/shared/actor.ts'
import { InvalidInput } from '../../src/shared/errors.ts'
import { createWorkspace, SubdomainTaken } from '../../src/workspaces/create-workspace.ts'
import type { WorkspaceRow } from '../../src/workspaces/workspace-store.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'

let database: TestDatabase
let databases: Databases
let db: Kysely<DB>
let workspace: WorkspaceRow

beforeAll(async () => {
  database = await createDatabase()
  const { databaseSchema: schema, ...config } = readConfig({ DATABASE_URL: database.url })
  databases = new Databases({ ...config, connectionString: database.url, schema }, () => {})
  db = databases.db
  workspace = await createWorkspace(db, { subdomain: 'acme', name: 'Acme', currency: 'EUR' })
})

afterAll(async () => {
  await databases[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function make(given: readonly string[] = ['*'], expiresAt: string | null = null) {
  return createApiKey(db, workspace.id, { name: 'Till', scopes: given, expiresAt })
}

async function stored(id: string) {
  return db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Counts the statements that look a key up while `act` runs. */
async function lookups(act: () => Promise<unknown>): Promise<number> {
  let count = 0
  const listen = (text: unknown) => {
    if (String(text).includes('"key_id" = ')) count += 1
  }
  statementChannel.subscribe(listen)
  try {
    await act()
  } finally {
    statementChannel.unsubscribe(listen)
  }
  return count
}

test('a key stands for its actor', async () => {
  const { id, key } = await make(['orders:read', 'orders:write', 'orders:read'])
  const ring = new KeyRing(databases)
  const { epoch } = await db.selectFrom('workspace_counters').select('epoch').executeTakeFirstOrThrow()
  expect(await ring.authenticate(key)).toEqual({
    type: 'Platform::Application',
    id,
    name: 'Till',
    scopes: new Set(['orders:read', 'orders:write']),
    workspace: {
      id: workspace.id,
      publicId: workspace.public_id,
      name: 'Acme',
      subdomain: 'acme',
      currency: 'EUR',
      epoch,
    },
  })
  expect(epoch).toMatch(/^[0-9a-f]{12}$/)
  expect((await stored(id)).scopes).toEqual(['orders:read', 'orders:write'])
})

test('* stands for every scope', async () => {
  const { key } = await make(['*'])
  const actor = await new KeyRing(databases).authenticate(key)
  expect(actor?.scopes).toEqual(new Set(scopes))
})

test('the database holds nothing that works as a key', async () => {
  const { id, key } = await make()
  const [, keyId = '', secret = ''] = /^ogw_(.{16})_(.{43})_/.exec(key) ?? []
  const row = JSON.stringify(await stored(id))
  expect(row).toContain(keyId)
  expect(row).not.toContain(secret)
})

test('the secret of another key, or of none, is refused', async () => {
  const ring = new KeyRing(databases)
  const [one, other] = [await make(), await make()]
  const mixed = writeApiKey({ keyId: one.key.slice(4, 20), secret: other.key.slice(21, 64) })
  expect(await ring.authenticate(mixed)).toBeUndefined()
  expect(await ring.authenticate(writeApiKey({ keyId: 'a'.repeat(16), secret: 'A'.repeat(43) }))).toBeUndefined()
  expect(await ring.authenticate(one.key)).toBeDefined()
})

test('many at once cost one lookup, and the next 4 seconds none', async () => {
  const { key } = await make()
  const ring = new KeyRing(databases)
  vi.spyOn(performance, 'now').mockReturnValue(1_000)
  expect(await lookups(() => Promise.all(Array.from({ length: 20 }, () => ring.authenticate(key))))).toBe(1)
  vi.spyOn(performance, 'now').mockReturnValue(4_999)
  expect(await lookups(() => ring.authenticate(key))).toBe(0)
  vi.spyOn(performance, 'now').mockReturnValue(5_000)
  expect(await lookups(() => ring.authenticate(key))).toBe(1)
})

test('an unknown key id is looked up once in 4 seconds too', async () => {
  const guess = writeApiKey({ keyId: 'c'.repeat(16), secret: 'A'.repeat(43) })
  const ring = new KeyRing(databases)
  expect(await lookups(() => ring.authenticate(guess))).toBe(1)
  expect(await lookups(() => ring.authenticate(guess))).toBe(0)
})

test('a lookup is not counted with the operation that waits for it', async () => {
  const { key } = await make()
  const operation = { statements: 0 }
  await statementCount.run(operation, () => new KeyRing(databases).authenticate(key))
  expect(operation.statements).toBe(0)
})

test('a lookup that fails is not remembered', async () => {
  const { key } = await make()
  const ring = new KeyRing(databases)
  const select = vi.spyOn(databases.db, 'selectFrom').mockImplementationOnce(() => {
    throw new Error('lost')
  })
  await expect(ring.authenticate(key)).rejects.toThrow('lost')
  select.mockRestore()
  expect(await ring.authenticate(key)).toBeDefined()
})

test('a revoked key ends with the next lookup', async () => {
  const { id, key } = await make()
  const ring = new KeyRing(databases)
  vi.spyOn(performance, 'now').mockReturnValue(1_000)
  expect(await ring.authenticate(key)).toBeDefined()
  const first = await revokeApiKey(db, id)
  expect(await ring.authenticate(key)).toBeDefined()
  vi.spyOn(performance, 'now').mockReturnValue(5_000)
  expect(await ring.authenticate(key)).toBeUndefined()
  expect(await revokeApiKey(db, id)).toEqual(first)
})

test('a key ends at its expiry, without a lookup', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString()
  const { key } = await make(['*'], expiresAt)
  const ring = new KeyRing(databases)
  expect(await ring.authenticate(key)).toBeDefined()
  vi.setSystemTime(Date.parse(expiresAt) - 1)
  expect(await ring.authenticate(key)).toBeDefined()
  vi.setSystemTime(Date.parse(expiresAt))
  expect(await lookups(async () => expect(await ring.authenticate(key)).toBeUndefined())).toBe(0)
})

test('a use is noted once a minute, and only of the right secret', async () => {
  const { id, key } = await make()
  {
    await using ring = new KeyRing(databases)
    await ring.authenticate(writeApiKey({ keyId: key.slice(4, 20), secret: 'A'.repeat(43) }))
  }
  expect((await stored(id)).last_used_at).toBeNull()
  {
    await using ring = new KeyRing(databases)
    await ring.authenticate(key)
  }
  const noted = (await stored(id)).last_used_at
  expect(Math.abs(Date.parse(noted ?? '') - Date.now())).toBeLessThan(5_000)
  await db
    .updateTable('api_keys')
    .set({ last_used_at: new Date(Date.now() - 30_000).toISOString() })
    .where('id', '=', id)
    .execute()
  const recent = (await stored(id)).last_used_at
  {
    await using ring = new KeyRing(databases)
    await ring.authenticate(key)
  }
  expect((await stored(id)).last_used_at).toBe(recent)
  await db
    .updateTable('api_keys')
    .set({ last_used_at: new Date(Date.now() - 90_000).toISOString() })
    .where('id', '=', id)
    .execute()
  {
    await using ring = new KeyRing(databases)
    await ring.authenticate(key)
  }
  expect(Math.abs(Date.parse((await stored(id)).last_used_at ?? '') - Date.now())).toBeLessThan(5_000)
})

test('rotating makes a key with the same name, scopes and lifetime and ends the old one', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const old = await make(['orders:read'], expiresAt)
  const made = await rotateApiKey(db, old.id, 0)
  const ring = new KeyRing(databases)
  expect(await ring.authenticate(old.key)).toBeUndefined()
  expect(await ring.authenticate(made.key)).toMatchObject({
    id: made.id,
    name: 'Till',
    scopes: new Set(['orders:read']),
  })
  const lifetime = Date.parse((await stored(made.id)).expires_at ?? '') - Date.parse((await stored(made.id)).created_at)
  expect(Math.abs(lifetime - 3_600_000)).toBeLessThan(5_000)
  await expect(rotateApiKey(db, old.id, 0)).rejects.toThrow(KeyNotValid)
})

test('with an overlap the old key ends later, never later than it would have', async () => {
  const lasting = await make()
  await rotateApiKey(db, lasting.id, 86_400_000)
  const { revoked_at, expires_at } = await stored(lasting.id)
  expect(revoked_at).toBeNull()
  expect(Math.abs(Date.parse(expires_at ?? '') - Date.now() - 86_400_000)).toBeLessThan(5_000)
  const soon = new Date(Date.now() + 60_000).toISOString()
  const ending = await make(['*'], soon)
  await rotateApiKey(db, ending.id, 86_400_000)
  expect((await stored(ending.id)).expires_at).toBe(soon)
})

test('a key is named by its id or its key id; an unknown one is refused', async () => {
  const { id, key } = await make()
  expect((await revokeApiKey(db, key.slice(4, 20))).id).toBe(id)
  await expect(revokeApiKey(db, '999999')).rejects.toThrow('There is no such API key.')
  await expect(rotateApiKey(db, "' or true --", 0)).rejects.toThrow('There is no such API key.')
})

test.each([
  [[], ['TOO_FEW']],
  [['orders:read', 'orders'], ['UNKNOWN_SCOPE']],
  [['__proto__'], ['UNKNOWN_SCOPE']],
  [['events:read'], ['SCOPE_NEEDS_OTHERS']],
  [['events:read', 'contacts:read'], ['SCOPE_NEEDS_OTHERS']],
  [['events:read', 'contacts:read', 'orders:read'], []],
  [['*', 'events:read'], []],
])('scopes %j: %j', async (given, codes) => {
  const refusal = await make(given).then(
    () => undefined,
    error => error,
  )
  const issues = refusal instanceof InvalidInput ? refusal.issues : []
  expect(issues.map(({ code, path }) => [code, path.join('.')])).toEqual(codes.map(code => [code, 'input.scopes']))
})

test('an expiry in the past is refused', async () => {
  await expect(make(['*'], '2020-01-01T00:00:00.000Z')).rejects.toThrow('Lies in the past.')
})

test('keys are listed by workspace', async () => {
  const other = await createWorkspace(db, { subdomain: 'other', name: 'Other', currency: 'USD' })
  const { id } = await createApiKey(db, other.id, { name: 'One', scopes: ['catalog:read'] })
  const listed = await listApiKeys(db, other.id)
  expect(listed).toEqual([
    {
      id,
      workspace_id: other.id,
      subdomain: 'other',
      name: 'One',
      scopes: ['catalog:read'],
      key_id: expect.stringMatching(/^[0-9a-z]{16}$/),
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
      created_at: expect.any(String),
    },
  ])
  expect((await listApiKeys(db, undefined)).length).toBeGreaterThan(1)
})

test('a workspace has a subdomain of its own, a name and a currency', async () => {
  await expect(createWorkspace(db, { subdomain: 'acme', name: 'Again', currency: 'USD' })).rejects.toThrow(
    SubdomainTaken,
  )
  const refusal = await createWorkspace(db, { subdomain: '-a', name: ' ', currency: 'usd' }).catch(error => error)
  expect(refusal).toBeInstanceOf(InvalidInput)
  expect(refusal.issues.map(({ code }: { code: string }) => code)).toEqual([
    'INVALID_SUBDOMAIN',
    'BLANK',
    'INVALID_CURRENCY',
  ])
})
