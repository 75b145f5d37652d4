import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { valueParsers } from '../../src/database/value-parsers.ts'
import { postmasterOf } from './cpu-time.ts'

const checkoutDir = resolve(import.meta.dirname, '../..')
const subdomain = 'seed-1'

/** The one database that every server reads. */
export interface BenchDatabase extends AsyncDisposable {
  url: string
  workspaceId: string
  /** A key of the workspace with all scopes. */
  key: string
  client: pg.Client
  /** The server process of PostgreSQL; undefined when it runs on another machine. */
  postmaster: number | undefined
}

/** Opens DATABASE_URL, or starts a PostgreSQL, and fills it where it is not filled yet. */
export async function openBenchDatabase(
  dataDir: string,
  orders: number,
  say: (line: string) => void,
): Promise<BenchDatabase> {
  await using parts = new AsyncDisposableStack()
  const given = process.env.DATABASE_URL
  const embedded = given ? undefined : parts.use(await startEmbedded({ dataDir, checkoutDir, log: () => {} }))
  const url = given ?? embedded?.connectionString ?? ''
  await command(url, 'migrate')
  const client = new pg.Client({ connectionString: url, types: valueParsers, options: '-c timezone=UTC' })
  await client.connect()
  parts.defer(() => client.end())
  if ((await workspace(client)) === undefined) {
    say(`writing ${orders} orders`)
    await command(url, 'seed', '--orders', `${orders}`, '--workspaces', '1', '--json')
    // As it would be after a while: the first readers of a row would otherwise write it again.
    await client.query('vacuum (analyze)')
  }
  const made = JSON.parse(await command(url, 'keys', 'create', '--workspace', subdomain, '--scopes', '*', '--json'))
  const workspaceId = (await workspace(client)) ?? ''
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const owned = parts.move()
  return {
    url,
    workspaceId,
    key: made.key,
    client,
    postmaster: postmasterOf(rows[0]?.pid ?? 0),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function workspace(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('select id from workspaces where subdomain = $1', [subdomain])
  return rows[0]?.id
}

async function command(databaseUrl: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/main.ts', ...args], {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: databaseUrl },
  })
  return stdout
}
