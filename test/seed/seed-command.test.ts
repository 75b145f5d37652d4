import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readApiKey } from '../../src/api-keys/api-key.ts'
import { runCommand } from '../setup/command.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { rowsOf } from './seeded-database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database[Symbol.asyncDispose]())

function run(...args: string[]) {
  return runCommand(['seed', ...args], { DATABASE_URL: database.url })
}

describe('options', () => {
  const today = new Date().toISOString().slice(0, 10)

  test.each([
    [['--orders', '0'], '--orders is 0, must be a whole number from 1 to 100000000'],
    [['--orders', '1e5'], '--orders is 1e5, must be a whole number from 1 to 100000000'],
    [['--orders', '2', '--workspaces', '3'], '--workspaces is 3, more than there are orders'],
    [['--workspaces', '1001'], '--workspaces is 1001, must be a whole number from 1 to 1000'],
    [['--seed', 'x'], '--seed is x, must be a whole number from 0 to 999999999'],
    [['--events', 'some'], '--events is some, must be none, recent or all'],
    [['--as-of', '2026-02-30'], `--as-of is 2026-02-30, must be a day such as ${today}, no later than today`],
    [['--as-of', '2199-01-01'], `--as-of is 2199-01-01, must be a day such as ${today}, no later than today`],
    [['--order', '5'], "Unknown option '--order'; see npm run seed -- --help"],
  ])('%j are refused in one line', async (args, line) => {
    expect(await run(...args)).toEqual({ code: 1, stdout: '', stderr: `${line}\n` })
  })

  test('--help tells them', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    for (const option of [
      '--orders <n>',
      '--workspaces <n>',
      '--seed <n>',
      '--events <which>',
      '--as-of <date>',
      '--json',
    ])
      expect(stdout).toContain(option)
  })
})

test('a run says what it made, the next one is refused in one line', async () => {
  const { code, stdout, stderr } = await run(
    '--orders',
    '90',
    '--workspaces',
    '2',
    '--events',
    'recent',
    '--as-of',
    '2026-01-31',
    '--json',
  )
  expect(code).toBe(0)
  const summary = JSON.parse(stdout)
  expect(stdout.split('\n')).toHaveLength(2)
  const [row] = await rowsOf(
    database.url,
    `select count(*)::int as orders, (select count(*)::int from invoices) as invoices,
      (select count(*)::int from events) as events, max(created_at) < '2026-01-31' as "isBefore" from orders`,
  )
  expect(row).toEqual({ orders: 90, invoices: summary.invoices, events: summary.events, isBefore: true })
  expect(summary).toEqual({
    workspaces: [
      { subdomain: 'seed-1', currency: 'USD', key: expect.any(String) },
      { subdomain: 'seed-2', currency: 'EUR', key: expect.any(String) },
    ],
    orders: 90,
    invoices: expect.any(Number),
    events: expect.any(Number),
    seconds: expect.any(Number),
  })
  const keyIds = summary.workspaces.map(({ key }: { key: string }) => readApiKey(key)?.keyId)
  expect(await rowsOf(database.url, 'select key_id, scopes from api_keys order by id')).toEqual(
    keyIds.map((key_id: string) => ({ key_id, scopes: ['*'] })),
  )
  // No terminal: a line for every tenth.
  expect(stderr.split('\n')[0]).toBe('0 % orders')
  expect(stderr).toContain('100 % orders\n')
  expect(stderr).not.toContain('\r')

  const again = await run('--orders', '10', '--workspaces', '1')
  expect(again).toEqual({
    code: 1,
    stdout: '',
    stderr: 'there is a workspace seed-1 already: a database is seeded once, use another one\n',
  })
})

test('people get a table of keys', async () => {
  await using fresh = await createDatabase()
  const { stdout } = await runCommand(['seed', '--orders', '30', '--workspaces', '12'], { DATABASE_URL: fresh.url })
  expect(stdout).toMatch(/^30 orders, \d+ invoices and 0 events in [\d.]+ s, \d+ orders\/s\.\n/)
  expect(stdout).toMatch(/\nWORKSPACE +CURRENCY +KEY\nseed-1 +USD +ogw_\w/)
  expect(stdout).toContain('seed-10')
  expect(stdout).not.toContain('seed-11')
  expect(stdout).toContain("npm run keys -- create --workspace seed-12 --scopes '*'")
})
