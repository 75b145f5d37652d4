import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { Databases } from '../../src/database/connect.ts'
import { migrate } from '../../src/database/migrate.ts'
import { Random } from '../../src/seed/random.ts'
import { writeBacklog } from './backlog.ts'
import { freePort, GatewayProcess } from './gateway-process.ts'
import type { Journal } from './journal.ts'
import { countLogLines, judgeProcesses, type Rest } from './judge-processes.ts'
import { judgeStreams } from './judge-streams.ts'
import { judgeWebhooks } from './judge-webhooks.ts'
import { judgeWrites } from './judge-writes.ts'
import { Killers } from './killers.ts'
import { figuresOf, type Ledger, withoutAccounts, writeLedger } from './ledger.ts'
import { liveMegabytes } from './live-memory.ts'
import { readOptions, type TortureOptions } from './options.ts'
import { Part } from './part.ts'
import { TorturedPostgres } from './postgres.ts'
import { type Held, Sampler } from './sampler.ts'
import { createEndpoints, type Endpoint, openPlaces, placeOf, type Stage } from './stage.ts'
import type { Following, FollowingReport } from './subscribers.ts'
import { drainWebhooks } from './webhook-drain.ts'
import type { EndpointAccount } from './webhook-receiver.ts'
import { WrittenLog } from './written-log.ts'

const subscribersOfPlace = 12
const leastPlaces = 5
const stalledShare = 1 / 40
// What stalled consumers leave unread from the first moment on.
const backlog = 3_000
const calmShare = 0.65
const goodReceiverShare = 0.8
// Before that no stalled consumer can have been noticed for sure.
const longSeconds = 90
const settleMs = 240_000
const restMs = 45_000
const sayEveryMs = 5_000

/** Tortures, settles and judges. */
async function torture(options: TortureOptions, signal: AbortSignal): Promise<Ledger> {
  await using parts = new AsyncDisposableStack()
  const random = new Random([options.seed, 0])
  const directory = await mkdtemp(join(tmpdir(), 'orders-gateway-torture-logs-'))
  let isGood = false
  parts.defer(async () => {
    if (isGood) await rm(directory, { recursive: true, force: true })
    else process.stderr.write(`the logs of the gateways are kept in ${directory}\n`)
  })
  const postgres = parts.use(await TorturedPostgres.start())
  const plan = { directory: resolve(import.meta.dirname, '../../migrations'), schema: 'public', log: () => {} }
  await migrate({ connectionString: postgres.url }, plan)
  const env = { DATABASE_URL: postgres.url, SECRETS_KEY: '70'.repeat(32), WEBHOOK_ALLOW_LOOPBACK: 'on' }
  const open = async (name: string) => parts.use(new GatewayProcess(name, await freePort(random), { env, directory }))
  const [first, second] = [await open('first'), await open('second')]
  await first.start()

  const receiver = parts.use(new Part('./webhook-receiver.ts'))
  const writers = parts.use(new Part('./writers.ts'))
  const subscribers = parts.use(new Part('./subscribers.ts'))
  const { stage, endpoints } = await setUp(options, { postgres, first, second, receiver })

  const sampler = new Sampler([first, second], () => postgres.url)
  parts.defer(() => sampler.stop())
  await sampler.look()
  const before = sampler.held.at(-1)
  const connectionsBefore = sampler.connections.at(-1) ?? Number.NaN
  const liveBefore = await liveMegabytes(first)

  const stalled = Math.max(2, Math.round(options.subscribers * stalledShare))
  const following: Following = { ...stage, subscribers: options.subscribers, stalled }
  await subscribers.ask('start', following)
  await writers.ask('start', { ...stage, writers: options.writers, eventsPerSecond: options.eventsPerSecond })
  const startedAt = performance.now()
  const until = (share: number) => startedAt + options.seconds * 1_000 * share
  const killers = new Killers({ first, second, postgres }, new Random([options.seed, 7]))
  parts.defer(() => killers.stop().catch(() => {}))
  const wait = async (share: number) => {
    while (performance.now() < until(share)) {
      await delay(Math.min(sayEveryMs, Math.max(0, until(share) - performance.now())), undefined, { signal })
      const [acknowledged, { received }] = await Promise.all([
        writers.ask<number>('count'),
        subscribers.ask<FollowingReport>('report'),
      ])
      const seconds = Math.round((performance.now() - startedAt) / 1_000)
      say(`${seconds} s: ${acknowledged} events acknowledged, ${received} received, ${JSON.stringify(killers.done)}`)
    }
  }
  await wait(calmShare)
  killers.calm()
  await delay(sayEveryMs, undefined, { signal })
  await subscribers.ask('calm')
  await wait(goodReceiverShare)
  await receiver.ask('calm')
  await wait(1)

  const journal = await writers.ask<Journal>('stop')
  await killers.stop()
  say('nothing more is written or killed')
  const settlingAt = performance.now()
  const client = new pg.Client({ connectionString: postgres.url })
  client.on('error', () => {})
  await client.connect()
  parts.defer(() => client.end())
  const targets = await lastSequences(client)
  const [isComplete, undelivered] = await Promise.race([
    Promise.all([
      subscribers.ask<boolean>('settle', { last: targets, withinMs: settleMs }),
      drainWebhooks(client, endpoints, settleMs),
    ]),
    aborted(signal),
  ])
  const settledSeconds = Math.round((performance.now() - settlingAt) / 1_000)
  await atRest(sampler, before)
  const rest: Rest = {
    before,
    after: sampler.held.at(-1),
    connectionsBefore,
    liveBefore,
    liveAfter: await liveMegabytes(first),
    connections: sampler.connections.at(-1) ?? Number.NaN,
  }
  sampler.stop()

  say('judging')
  const logs = new Map<string, WrittenLog>()
  for (const { workspaceId } of stage.places) logs.set(workspaceId, await WrittenLog.read(client, workspaceId))
  const report = await subscribers.ask<FollowingReport>('report')
  const accounts = await receiver.ask<EndpointAccount[]>('report')
  const webhooks = await judgeWebhooks(
    client,
    endpoints,
    accounts,
    logs,
    killers.done.gatewayKills + killers.done.postgresKills,
  )
  const gateways = [first, second]
  const checks = [
    ...(await judgeWrites(client, journal, logs)),
    ...judgeStreams(report, logs, { targets, isComplete, wasLong: options.seconds >= longSeconds }),
    ...webhooks.checks,
    ...judgeProcesses(gateways, sampler.held, sampler.connections, rest),
  ]
  isGood = checks.every(({ passed }) => passed)
  return {
    options,
    settledSeconds,
    eventsWritten: [...logs.values()].reduce((sum, { events }) => sum + events.length, 0),
    workspaces: stage.places.length,
    written: figuresOf(journal),
    following: withoutAccounts(report),
    killings: killers.done,
    gateways: {
      starts: gateways.reduce((sum, { starts }) => sum + starts, 0),
      failedStarts: gateways.reduce((sum, { failedStarts }) => sum + failedStarts, 0),
    },
    webhooks: webhooks.figures,
    undelivered,
    logLines: countLogLines(gateways),
    checks,
  }
}

interface Company {
  postgres: TorturedPostgres
  first: GatewayProcess
  second: GatewayProcess
  receiver: Part
}

async function setUp(
  { seed, subscribers }: TortureOptions,
  { postgres, first, second, receiver }: Company,
): Promise<{ stage: Stage; endpoints: Endpoint[] }> {
  const sizes = { poolSize: 1, poolQueue: 10, sharedConnections: 0, statementTimeoutMs: 10_000 }
  await using databases = new Databases({ connectionString: postgres.url, schema: 'public', ...sizes }, () => {})
  const places = Math.max(leastPlaces, Math.ceil(subscribers / subscribersOfPlace))
  const shops = await openPlaces(databases, first.url, places)
  const last = shops.at(-1)
  if (last !== undefined) await writeBacklog(databases, placeOf(last), backlog)
  const endpoints = await createEndpoints(shops, await receiver.ask<string>('open', seed))
  await receiver.ask('serve', endpoints)
  const gateways = [first.url, second.url]
  // Not counted among the connections of the gateways.
  const databaseUrl = `${postgres.url}&application_name=torture`
  return { stage: { seed, databaseUrl, gateways, places: shops.map(placeOf) }, endpoints }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

/** Waits until what is kept alive for whoever comes back is let go. */
async function atRest(sampler: Sampler, before: Held | undefined): Promise<void> {
  const deadline = performance.now() + restMs
  do {
    await delay(1_000)
    await sampler.look()
  } while (performance.now() < deadline && (sampler.held.at(-1)?.handles ?? 0) > (before?.handles ?? 0))
}

async function lastSequences(client: pg.Client): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; last: string }>(
    'select workspace_id as id, last_sequence as last from workspace_counters',
  )
  return new Map(rows.map(({ id, last }) => [id, Number(last)]))
}

const options = readOptions(process.argv.slice(2))

function say(line: string): void {
  if (options?.json === false) process.stderr.write(`${line}\n`)
}

if (options !== undefined) {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
  const ledger = await torture(options, stop.signal)
  process.stdout.write(options.json ? `${JSON.stringify(ledger)}\n` : `\n${writeLedger(ledger)}`)
  process.exitCode = ledger.checks.every(({ passed }) => passed) ? 0 : 1
}
