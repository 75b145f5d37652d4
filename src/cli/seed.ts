import pg from 'pg'
import { readConfig } from '../config.ts'
import { asConnectionError } from '../database/connection-error.ts'
import { assertMigrated, migrate } from '../database/migrate.ts'
import { valueParsers } from '../database/value-parsers.ts'
import { eventModes, type SeedPlan, type SeedResult, seed } from '../seed/seed.ts'
import { jsonOption, readArguments, UsageError, writeTable } from './arguments.ts'
import { type DatabaseAddress, migrationPlan, withServer, writeRemark } from './open-database.ts'
import { SeedProgressLine } from './seed-progress.ts'

// Its npm script gives V8 more room for young objects: those that wait for an order's next write would else be copied often.
const call = 'npm run seed --'
const shownKeys = 10

/** `seed`: writes a large, realistic data set into workspaces of its own. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call,
    about: `Fills the workspaces seed-1, seed-2, ... with contacts, a catalog, orders and invoices, the same for the same
options. All of it or, when it is stopped or fails, nothing. Fastest where nothing else uses an empty database: keys and
indexes are then built at the end, in the same transaction.`,
    options: {
      orders: { value: '<n>', about: 'Orders over all workspaces, up to 100000000.', default: '100000' },
      workspaces: { value: '<n>', about: 'Workspaces to spread them over, up to 1000.', default: '10' },
      seed: { value: '<n>', about: 'Another number gives other data.', default: '1' },
      events: {
        value: '<which>',
        about: 'Events in the log: none, recent (of the last 3 days) or all (a year of business in 25 days).',
        default: 'none',
      },
      'as-of': {
        value: '<date>',
        about: 'Everything happens before that day (UTC), such as 2026-01-31. Without it: today.',
      },
      ...jsonOption,
    },
  })
  if (values === undefined) return
  const plan = readPlan(values, Date.now())
  const config = readConfig(process.env)
  const progress = new SeedProgressLine(process.stderr)
  const { result, elapsed } = await withServer(config, async address => {
    const migrations = migrationPlan(config)
    if (config.demo) await migrate(address, { ...migrations, log: writeRemark })
    else await assertMigrated(address, migrations)
    return withClient(address, config.databaseSchema, async client => {
      const started = performance.now()
      const result = await seed(client, plan, step => progress.show(step))
      return { result, elapsed: (performance.now() - started) / 1000 }
    })
  }).finally(() => progress.end())
  writeResult(result, elapsed, values.json)
}

async function withClient<Result>(
  { connectionString, ssl }: DatabaseAddress,
  schema: string,
  act: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString,
    types: valueParsers,
    connectionTimeoutMillis: 5_000,
    application_name: 'orders-gateway seed',
    options: `-c search_path=${schema} -c timezone=UTC -c datestyle=ISO`,
    ...(ssl === undefined ? {} : { ssl }),
  })
  // A connection that breaks fails the statement under way.
  client.on('error', () => {})
  await client.connect().catch(error => {
    throw asConnectionError(error, connectionString)
  })
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}

function readPlan(
  values: { orders: string; workspaces: string; seed: string; events: string; 'as-of': string | undefined },
  now: number,
): SeedPlan {
  const orders = readCount('orders', values.orders, 1, 100_000_000)
  const workspaces = readCount('workspaces', values.workspaces, 1, 1000)
  const events = eventModes.find(mode => mode === values.events)
  if (events === undefined) throw new UsageError(`--events is ${values.events}, must be none, recent or all`)
  if (workspaces > orders) throw new UsageError(`--workspaces is ${workspaces}, more than there are orders`)
  const today = new Date(now).toISOString().slice(0, 10)
  const date = values['as-of'] ?? today
  const asOf = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  const isDay = !Number.isNaN(asOf) && new Date(asOf).toISOString().startsWith(date)
  if (!isDay || date > today || date < '1972-01-01') {
    throw new UsageError(`--as-of is ${date}, must be a day such as ${today}, no later than today`)
  }
  return { orders, workspaces, seed: readCount('seed', values.seed, 0, 999_999_999), events, asOf }
}

function readCount(option: string, text: string, min: number, max: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (count >= min && count <= max) return count
  throw new UsageError(`--${option} is ${text}, must be a whole number from ${min} to ${max}`)
}

function writeResult({ workspaces, ...counts }: SeedResult, elapsed: number, json: boolean): void {
  const seconds = Math.round(elapsed * 10) / 10
  if (json) {
    process.stdout.write(`${JSON.stringify({ workspaces, ...counts, seconds })}\n`)
    return
  }
  const { orders, invoices, events } = counts
  const rows = workspaces.slice(0, shownKeys).map(({ subdomain, currency, key }) => [subdomain, currency, key])
  process.stdout.write(
    `${orders} orders, ${invoices} invoices and ${events} events in ${seconds} s, ${Math.round(orders / elapsed)} orders/s.
Keys for everything in a workspace; they are shown only now:

${writeTable([['WORKSPACE', 'CURRENCY', 'KEY'], ...rows])}
Make others: npm run keys -- create --workspace ${workspaces.at(-1)?.subdomain} --scopes '*'
`,
  )
}
