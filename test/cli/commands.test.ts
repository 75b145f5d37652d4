import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { readConfig } from '../../src/config.ts'
import { Databases } from '../../src/database/connect.ts'
import { readMigrations } from '../../src/database/migration-files.ts'
import { runCommand, runProgram } from '../setup/command.ts'
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../setup/database.ts'

let database: TestDatabase
let databases: Databases
let env: { DATABASE_URL: string }

beforeAll(async () => {
  database = await createDatabase()
  env = { DATABASE_URL: database.url }
  const config = readConfig(env)
  databases = new Databases({ ...config, connectionString: database.url, schema: config.databaseSchema }, () => {})
  await succeed('workspaces', 'create', '--subdomain', 'acme', '--name', 'Acme', '--currency', 'EUR')
})

afterAll(async () => {
  await databases[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function succeed(...args: string[]): Promise<string> {
  const ended = await runCommand(args, env)
  expect(ended).toEqual({ code: 0, stdout: expect.any(String), stderr: '' })
  return ended.stdout
}

async function newKey(...options: string[]): Promise<{ id: string; key: string }> {
  return JSON.parse(await succeed('keys', 'create', '--workspace', 'acme', '--scopes', '*', '--json', ...options))
}

function actor(key: string) {
  return new KeyRing(databases).authenticate(key)
}

describe.concurrent('what a command prints', () => {
  test('schema-check: how many stored documents work', async () => {
    expect(await succeed('schema-check')).toBe('All 0 documents work with this schema.\n')
    expect(await succeed('schema-check', '--json')).toBe('{"checked":0,"broken":[]}\n')
  })

  test('schema --json: whether the file was stale, or the schema', async () => {
    expect(await succeed('schema', '--check', '--json')).toBe('{"wasStale":false}\n')
    const { schema } = JSON.parse(await succeed('schema', '--stdout', '--json'))
    expect(schema).toBe(await readFile('schema/schema.graphql', 'utf8'))
  })

  test('--help: each command beside what it does', async () => {
    const rows = (await succeed('--help')).split('\n').filter(line => line.startsWith('  '))
    expect(rows.length).toBeGreaterThan(9)
    expect(rows.filter(row => !/^ {2}[a-z-]+ {2,}[A-Z].*\.$/.test(row))).toEqual([])
  })

  test('workspaces create and list', async () => {
    const made = await succeed('workspaces', 'create', '--subdomain', 'other-1', '--name', 'Other & Söhne', '--json')
    expect(JSON.parse(made)).toEqual({
      id: expect.stringMatching(/^\d+$/),
      publicId: expect.stringMatching(/^[a-z]{6}$/),
      subdomain: 'other-1',
      name: 'Other & Söhne',
      currency: 'USD',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/),
    })
    expect(JSON.parse(await succeed('workspaces', 'list', '--json'))).toContainEqual(JSON.parse(made))
    expect(await succeed('workspaces', 'list')).toMatch(/^ID +SUBDOMAIN +NAME +CURRENCY\n\d+ +acme +Acme +EUR\n/)
  })

  test('keys create with --json prints the id and the key and nothing else, also through npm', async () => {
    const args = ['run', '-s', 'keys', '--', 'create', '--workspace', 'acme', '--scopes', '*', '--json']
    const { code, stdout, stderr } = await runProgram('npm', args, env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const made = JSON.parse(stdout)
    expect(stdout).toBe(`${JSON.stringify({ id: made.id, key: made.key })}\n`)
    expect(await actor(made.key)).toMatchObject({ id: made.id, name: 'API key', workspace: { subdomain: 'acme' } })
  })

  test('keys create takes name, scopes and expiry', async () => {
    const args = ['--scopes', 'orders:read, contacts:read,events:read', '--name', 'Dashboard', '--expires', '90d']
    const text = await succeed('keys', 'create', '--workspace', 'acme', ...args)
    const [, id, key = ''] = /^Key (\d+) is made\. It is shown only now:\n(ogw_\S+)\n$/.exec(text) ?? []
    expect(await actor(key)).toMatchObject({
      id,
      name: 'Dashboard',
      scopes: new Set(['orders:read', 'contacts:read', 'events:read']),
    })
    const listed = JSON.parse(await succeed('keys', 'list', '--workspace', 'acme', '--json'))
    const { expiresAt } = listed.find((listedKey: { id: string }) => listedKey.id === id)
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 90 * 86_400_000)).toBeLessThan(60_000)
  })

  test('keys rotate gives another key, at once or after an overlap', async () => {
    const old = await newKey()
    const made = JSON.parse(await succeed('keys', 'rotate', '--id', old.id, '--overlap', '24h', '--json'))
    expect(await actor(old.key)).toMatchObject({ id: old.id })
    const last = JSON.parse(await succeed('keys', 'rotate', '--id', made.id, '--json'))
    expect(await actor(made.key)).toBeUndefined()
    expect(await actor(last.key)).toMatchObject({ id: last.id })
  })

  test('keys revoke ends a key, list says so and shows no secret', async () => {
    const { id, key } = await newKey()
    expect(await succeed('keys', 'revoke', '--id', id)).toBe(`Key ${id} is revoked.\n`)
    expect(await actor(key)).toBeUndefined()
    const listed = await succeed('keys', 'list')
    expect(listed).toMatch(new RegExp(`^${id} +${key.slice(4, 20)} +acme +API key +\\* +never +revoked 20`, 'm'))
    expect(listed).not.toContain(key.slice(21, 64))
  })

  test.each([
    ['--help'],
    ['start', '--help'],
    ['migrate', '--help'],
    ['workspaces', '--help'],
    ['workspaces', 'create', '--help'],
    ['workspaces', 'list', '--help'],
    ['keys', '--help'],
    ['keys', 'create', '--help'],
    ['keys', 'list', '--help'],
    ['keys', 'rotate', '--help'],
    ['keys', 'revoke', '--help'],
    ['schema', '--help'],
    ['schema-check', '--help'],
  ])('%j', async (...args) => {
    const { code, stdout, stderr } = await runCommand(args, { PORT: 'not read for help' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^(npm (run|start)|node src\/main\.ts) .*\n[\s\S]+\n$/)
  })
})

describe.concurrent('what a command refuses, in one line and with exit code 1', () => {
  test.each<[string[], string]>([
    [
      ['nothing'],
      'There is no command "nothing": start, migrate, workspaces, keys, seed, listen, trigger, restored, schema, schema-check',
    ],
    [
      ['__proto__'],
      'There is no command "__proto__": start, migrate, workspaces, keys, seed, listen, trigger, restored, schema, schema-check',
    ],
    [['migrate', '--nope'], "Unknown option '--nope'; see npm run migrate -- --help"],
    [['keys'], 'Say what to do: create, list, rotate, revoke; see npm run keys -- --help'],
    [['keys', 'toString'], 'There is no "toString": create, list, rotate, revoke; see npm run keys -- --help'],
    [['keys', 'create', '--workspace', 'acme'], '--scopes <scopes> is missing; see npm run keys -- create --help'],
    [['keys', 'list', '--bogus'], "Unknown option '--bogus'; see npm run keys -- list --help"],
    [['keys', 'list', 'acme'], "Unexpected argument 'acme'; see npm run keys -- list --help"],
    [['keys', 'list', '--workspace', 'none'], 'There is no workspace none'],
    [['keys', 'revoke', '--id', '999999'], '--id: there is no such API key'],
    [
      ['keys', 'rotate', '--id', '1', '--overlap', 'soon'],
      '--overlap is "soon", must be a duration such as 90d, 24h, 30m or 10s',
    ],
    [
      ['keys', 'create', '--workspace', 'acme', '--scopes', 'events:read'],
      '--scopes: with events:read whole payloads are read: add contacts:read and orders:read',
    ],
    [['workspaces', 'create', '--subdomain', 'acme', '--name', 'Acme'], 'There is a workspace acme already.'],
    [
      ['workspaces', 'create', '--subdomain', 'A', '--name', 'A', '--currency', 'EURO'],
      '--subdomain: is not 1 to 63 lower-case letters, digits and inner hyphens; --currency: is not a currency code of ISO 4217 such as USD',
    ],
  ])('%j', async (args, line) => {
    expect(await runCommand(args, env)).toEqual({ code: 1, stdout: '', stderr: `${line}\n` })
  })

  test('a wrong environment, all of it at once', async () => {
    expect(await runCommand(['start'], { PORT: 'http', GRAPHIQL: 'yes' })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'PORT is "http", must be a whole number from 0 to 65535\nGRAPHIQL is "yes", must be on or off\n',
    })
  })

  test('a server that does not answer', async () => {
    const nowhere = { DATABASE_URL: 'postgresql://someone:secret@127.0.0.1:1/orders' }
    const stderr = 'cannot use PostgreSQL at 127.0.0.1:1, database orders: nothing answers there; check DATABASE_URL\n'
    for (const command of ['start', 'migrate']) {
      expect(await runCommand([command], nowhere)).toEqual({ code: 1, stdout: '', stderr })
    }
  })
})

test('migrate brings an empty database up to date; before that nothing runs on it', async () => {
  await using empty = await createEmptyDatabase()
  const on = { DATABASE_URL: empty.url, DATABASE_SCHEMA: 'orders_gateway' }
  const names = (await readMigrations('migrations')).map(({ name }) => name)
  const refusal = `the database lacks ${names.length} migrations (${names[0]}): run npm run migrate\n`
  for (const args of [['start'], ['workspaces', 'list']]) {
    expect(await runCommand(args, on)).toEqual({ code: 1, stdout: '', stderr: refusal })
  }
  const stdout = names.map(name => `applied ${name}\n`).join('')
  expect(await runCommand(['migrate'], on)).toEqual({ code: 0, stdout, stderr: '' })
  expect((await runCommand(['migrate'], on)).stdout).toBe('The database is up to date.\n')
  expect((await runCommand(['migrate', '--json'], on)).stdout).toBe('{"applied":[]}\n')
  expect((await runCommand(['workspaces', 'list', '--json'], on)).stdout).toBe('[]\n')
})
