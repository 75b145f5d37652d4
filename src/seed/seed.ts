import type pg from 'pg'
import { currencies } from './amounts.ts'
import { BulkLoader } from './bulk-loader.ts'
import { createPartitions } from './create-partitions.ts'
import { createSeedWorkspace, type Filled, setCounters, subdomainOf } from './create-seed-workspace.ts'
import { resetLogStorage, writePayloadsPlain } from './log-storage.ts'
import { reserveIds } from './reserve-ids.ts'
import { dropSecondaryKeys, haveToOneself, type SecondaryKey } from './secondary-keys.ts'
import { seedTables } from './seed-tables.ts'
import type { SeedWorkspace } from './seed-workspace.ts'
import { day, Timeline } from './timeline.ts'
import { WorkspaceFiller } from './workspace-filler.ts'

/** Which events the log gets: none, those of the last 3 days, or all; then a year's orders come in 25 days. */
export const eventModes = ['none', 'recent', 'all'] as const
type EventMode = (typeof eventModes)[number]

export interface SeedPlan {
  /** Orders over all workspaces. */
  orders: number
  workspaces: number
  /** The same number gives the same rows. */
  seed: number
  events: EventMode
  /** Everything happens before; Unix milliseconds. */
  asOf: number
  /** How many orders, and how many contacts, of a workspace are kept in memory; 4,000 when undefined. */
  remembered?: number | undefined
}

/** How far the seed is: rows first, then keys, then statistics, then the references that are checked by them. */
export interface SeedProgress {
  phase: 'orders' | 'keys' | 'statistics' | 'references'
  done: number
  total: number
}

export interface SeedResult {
  workspaces: { subdomain: string; currency: string; key: string }[]
  orders: number
  invoices: number
  events: number
}

/** The workspaces are there already, or another seed is making them; the message is one line. */
export class SeedRefused extends Error {
  override readonly name = 'SeedRefused'
}

const recentDays = 3
// Younger than what is dropped from the log, the day that the catalog takes included.
const allDays = 25

/**
 * Fills workspaces of its own, `seed-1` and so on, in one transaction: a seed that ends early leaves nothing behind.
 * Throws SeedRefused.
 */
export async function seed(
  client: pg.Client,
  plan: SeedPlan,
  report: (progress: SeedProgress) => void,
): Promise<SeedResult> {
  const numbers = Array.from({ length: plan.workspaces }, (_, index) => index + 1)
  const subdomains = numbers.map(subdomainOf)
  const logFrom = firstLogged(plan)
  const isLogged = plan.events !== 'none'
  await inTransaction(client, async () => {
    await refuseTwice(client, subdomains)
    // Apart from the rest: whoever makes a partition locks the whole log to the end of the transaction.
    if (isLogged) await createPartitions(client, logFrom, plan.asOf - 1)
  })
  return inTransaction(client, async () => {
    await refuseTwice(client, subdomains)
    const alone = await haveToOneself(client)
    const keys = alone ? await dropSecondaryKeys(client) : []
    // Files without WAL are on the disk at the commit: written beside the work they need not be waited for then.
    if (alone) await client.query("set local backend_flush_after = '1MB'")
    if (isLogged) await writePayloadsPlain(client)
    const workspaces: NewWorkspace[] = []
    for (const number of numbers) workspaces.push(await openWorkspace(client, plan, number, { logFrom, alone }))
    const result = await fillWorkspaces(client, plan, workspaces, report)
    if (isLogged) await resetLogStorage(client)
    const references = keys.filter(({ isReference }) => isReference)
    await putBack(
      client,
      keys.filter(({ isReference }) => !isReference),
      'keys',
      report,
    )
    await analyze(client, alone, report)
    await putBack(client, references, 'references', report)
    return result
  })
}

async function fillWorkspaces(
  client: pg.Client,
  plan: SeedPlan,
  workspaces: readonly NewWorkspace[],
  report: (progress: SeedProgress) => void,
): Promise<SeedResult> {
  const loader = await BulkLoader.open(client)
  const filled: Filled[] = []
  let done = 0
  report({ phase: 'orders', done, total: plan.orders })
  for (const { workspace } of workspaces) {
    const filler = new WorkspaceFiller(workspace, loader)
    for (const _ of filler.fill()) {
      done += 1
      if (!loader.isBreathless) continue
      await loader.breathe(done / plan.orders)
      report({ phase: 'orders', done, total: plan.orders })
    }
    const { invoices, events } = filler
    filled.push({ workspaceId: workspace.actor.workspace.id, orders: workspace.orders, invoices, events })
  }
  await loader.finish()
  report({ phase: 'orders', done, total: plan.orders })
  for (const counts of filled) await setCounters(client, counts)
  return {
    workspaces: workspaces.map(({ workspace: { actor }, key }) => {
      const { subdomain, currency } = actor.workspace
      return { subdomain, currency, key }
    }),
    orders: done,
    invoices: filled.reduce((sum, { invoices }) => sum + invoices, 0),
    events: filled.reduce((sum, { events }) => sum + events, 0),
  }
}

interface NewWorkspace {
  workspace: SeedWorkspace
  /** Of its API key. */
  key: string
}

/** Makes workspace number `number`, counted from 1, with its ids, but empty. */
async function openWorkspace(
  client: pg.Client,
  plan: SeedPlan,
  number: number,
  { logFrom, alone }: { logFrom: number; alone: boolean },
): Promise<NewWorkspace> {
  const orders = Math.floor(plan.orders / plan.workspaces) + (number <= plan.orders % plan.workspaces ? 1 : 0)
  const seedKey = [plan.seed, number]
  const days = plan.events === 'all' ? allDays : 365
  const timeline = new Timeline({ end: plan.asOf, days, orders, key: seedKey })
  const currency = currencies[(number - 1) % currencies.length] ?? 'USD'
  const created = new Date(timeline.start - 2 * day).toISOString()
  const { actor, key } = await createSeedWorkspace(client, { number, currency, created })
  const firstIds = await reserveIds(client, orders, alone)
  const { remembered = 4000 } = plan
  return { workspace: { actor, orders, timeline, logFrom, firstIds, remembered, key: seedKey }, key }
}

function firstLogged({ events, asOf }: SeedPlan): number {
  if (events === 'none') return Number.POSITIVE_INFINITY
  return asOf - (events === 'recent' ? recentDays : allDays + 1) * day
}

async function refuseTwice(client: pg.Client, subdomains: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_xact_lock(hashtextextended('orders-gateway seed ' || current_schema(), 0)) as locked",
  )
  if (rows[0]?.locked !== true) throw new SeedRefused('another seed is filling this database: wait for it')
  const taken = await client.query<{ subdomain: string }>(
    'select subdomain from workspaces where subdomain = any($1) order by id limit 1',
    [subdomains],
  )
  const [first] = taken.rows
  if (first !== undefined) {
    throw new SeedRefused(`there is a workspace ${first.subdomain} already: a database is seeded once, use another one`)
  }
}

async function putBack(
  client: pg.Client,
  keys: readonly SecondaryKey[],
  phase: SeedProgress['phase'],
  report: (progress: SeedProgress) => void,
): Promise<void> {
  // Sorting is most of the work.
  await client.query("set local maintenance_work_mem = '256MB'")
  for (const [done, { creation }] of keys.entries()) {
    report({ phase, done, total: keys.length })
    await client.query(creation)
  }
}

async function analyze(client: pg.Client, alone: boolean, report: (progress: SeedProgress) => void): Promise<void> {
  report({ phase: 'statistics', done: 0, total: 1 })
  const names = Object.values(seedTables).map(({ name }) => name)
  // Nine thousand rows of each tell enough of what is all alike; the usual sample takes longer than all references.
  if (alone) await client.query('set local default_statistics_target = 30')
  await client.query(`analyze ${['workspaces', 'workspace_counters', ...names].join(', ')}`)
  // Payloads are large and say nothing about where to look for them: a small sample of the rest will do.
  await client.query('set local default_statistics_target = 10')
  await client.query(
    'analyze events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, live_mode)',
  )
  report({ phase: 'statistics', done: 1, total: 1 })
}

async function inTransaction<Result>(client: pg.Client, act: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  try {
    await client.query("set local statement_timeout = 0; set local lock_timeout = '5s'")
    const result = await act()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
