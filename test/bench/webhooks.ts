import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { createApiKey } from '../../src/api-keys/create-api-key.ts'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createContact } from '../../src/contacts/create-contact.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import type { CommandContext } from '../../src/idempotency/run-command.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { openLog } from '../../src/shared/log.ts'
import { createWebhookEndpoint } from '../../src/webhooks/create-webhook-endpoint.ts'
import { disableWebhookEndpoint } from '../../src/webhooks/disable-webhook-endpoint.ts'
import { enableWebhookEndpoint } from '../../src/webhooks/enable-webhook-endpoint.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'

// Deliveries per second and the latency of first attempts, with a receiver in a process of its own on the same machine.
// --url names a migrated, empty database; without one the demo mode's own PostgreSQL is used, in --data.
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    data: { type: 'string', default: '.data-bench-webhooks' },
    events: { type: 'string', default: '6000' },
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '100' },
  },
})

interface Report {
  count: number
  latencies: number[]
}

const receiver = fork(new URL('./webhook-receiver.ts', import.meta.url))
const [{ port }] = (await once(receiver, 'message')) as [{ port: number }]

async function report(child: ChildProcess): Promise<Report> {
  child.send('report')
  const [message] = (await once(child, 'message')) as [Report]
  return message
}

const env = values.url === undefined ? { DATA_DIR: values.data } : { DATABASE_URL: values.url }
const config = readConfig({
  ...env,
  SECRETS_KEY: 'be'.repeat(32),
  WEBHOOK_ALLOW_LOOPBACK: 'on',
  PORT: '0',
  LOG_LEVEL: 'error',
})
const checkoutDir = resolve(import.meta.dirname, '../..')
const postgres = config.demo ? startEmbedded({ dataDir: config.dataDir, checkoutDir, log: () => {} }) : undefined
const app: App = await startApp(config, openLog(config).log, postgres)
await app.beginBackground()
const { db } = app.databases

async function openWorkspace(name: string): Promise<CommandContext> {
  const subdomain = `${name}-${Date.now()}`
  const workspace = await createWorkspace(db, { subdomain, name, currency: 'USD' })
  await using keys = new KeyRing(app.databases)
  const { key } = await createApiKey(db, workspace.id, { name, scopes: ['*'] })
  const actor = await keys.authenticate(key)
  if (actor === undefined) throw new Error('the key does not work')
  return { db, actor, committed: workspaceId => app.feed.wake(workspaceId) }
}

const endpoint = (context: CommandContext, path: string) =>
  createWebhookEndpoint(context, {
    url: `http://127.0.0.1:${port}${path}`,
    name: path,
    eventTypes: ['contact.created'],
  })

const addContact = (context: CommandContext, name: string) =>
  createContact(context, {
    emailAddress: `${name}-${Math.random().toString(36).slice(2)}@example.com`,
    firstName: name,
  })

/** Writes events in one go, as a burst: a copy of the last contact.created. */
async function writeBurst({ actor: { workspace } }: CommandContext, count: number): Promise<void> {
  await db.transaction().execute(async trx => {
    await sql`
      with counter as (
        update workspace_counters set last_sequence = last_sequence + ${count}
        where workspace_id = ${workspace.id} returning last_sequence - ${count} as first
      ), template as (
        select * from events where workspace_id = ${workspace.id} and type = 'contact.created' limit 1
      )
      insert into events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, live_mode, data,
        actor_type, actor_id, actor_name)
      select workspace_id, first + n, clock_timestamp(), gen_random_uuid(), type, subject_type, subject_id, live_mode, data,
        actor_type, actor_id, actor_name
      from template, counter, generate_series(1, ${count}::int) n order by n`.execute(trx)
  })
}

async function settled(contexts: readonly CommandContext[]): Promise<void> {
  const ids = contexts.map(({ actor }) => actor.workspace.id)
  for (;;) {
    const { rows } = await sql<{ open: boolean }>`
      select exists (
        select from webhook_queue q join webhook_endpoints e on e.workspace_id = q.workspace_id and e.id = q.endpoint_id
        where q.workspace_id = any(${ids}) and e.url not like '%/dead%') or exists (
        select from webhook_places p join workspace_counters c on c.workspace_id = p.workspace_id
        where p.workspace_id = any(${ids}) and p.sequence < c.last_sequence) as open`.execute(db)
    if (rows[0]?.open !== true) return
    await delay(20)
  }
}

async function throughput(name: string, endpoints: readonly string[], count: number): Promise<number> {
  const context = await openWorkspace('burst')
  await addContact(context, 'template')
  for (const path of endpoints) await endpoint(context, path)
  await report(receiver)
  const start = performance.now()
  await writeBurst(context, count)
  app.feed.wake(context.actor.workspace.id)
  await settled([context])
  const seconds = (performance.now() - start) / 1_000
  const { count: received } = await report(receiver)
  const rate = received / seconds
  process.stdout.write(`${name}: ${received} deliveries in ${seconds.toFixed(2)} s, ${rate.toFixed(0)}/s\n`)
  return rate
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

async function latency(name: string, endpoints: readonly string[]): Promise<void> {
  const context = await openWorkspace('paced')
  for (const path of endpoints) await endpoint(context, path)
  await addContact(context, 'warm')
  await settled([context])
  await report(receiver)
  const gap = 1_000 / Number(values.rate)
  const start = performance.now()
  const writes: Promise<unknown>[] = []
  for (let n = 0; n * gap < Number(values.seconds) * 1_000; n += 1) {
    await delay(Math.max(0, start + n * gap - performance.now()))
    writes.push(addContact(context, 'paced'))
  }
  await Promise.all(writes)
  await settled([context])
  const { count, latencies } = await report(receiver)
  const sorted = latencies.sort((a, b) => a - b)
  const [p50, p99, max] = [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1)]
  process.stdout.write(
    `${name}: ${count} first attempts at ${values.rate} events/s, p50 ${p50} ms, p99 ${p99} ms, max ${max} ms\n`,
  )
}

const events = Number(values.events)
await throughput('warm-up', ['/hook'], 500)
await throughput('one endpoint', ['/hook'], events)
await throughput(
  'ten endpoints',
  Array.from({ length: 10 }, (_, index) => `/hook/${index}`),
  events / 10,
)
// Three receivers that hang, each with a backlog that is due, in a workspace of their own; switched on and off in turn.
const hanging = await openWorkspace('hanging')
await addContact(hanging, 'template')
const dead = await Promise.all([1, 2, 3].map(n => endpoint(hanging, `/dead/${n}`)))
await writeBurst(hanging, 2_000)
app.feed.wake(hanging.actor.workspace.id)
const rates: { alone: number[]; beside: number[] } = { alone: [], beside: [] }
const kinds = ['beside', 'alone'] as const
// The machine gets faster and slower meanwhile: so the two take turns in going first.
for (let round = 0; round < 5; round += 1) {
  for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
    const flip = kind === 'beside' ? enableWebhookEndpoint : disableWebhookEndpoint
    for (const { result } of dead) await flip(hanging, { id: encodeGlobalId('WebhookEndpoint', result.id) })
    await delay(500)
    rates[kind].push(await throughput(kind === 'beside' ? 'beside three that hang' : 'without them', ['/hook'], events))
  }
}
const median = (list: number[]) => list.sort((a, b) => a - b)[2] ?? Number.NaN
process.stdout.write(`slowed down by ${((1 - median(rates.beside) / median(rates.alone)) * 100).toFixed(1)} %\n`)
await latency('paced', ['/hook'])
await latency('paced beside three that hang', ['/hook', '/dead/1', '/dead/2', '/dead/3'])
receiver.disconnect()
await app[Symbol.asyncDispose]()
