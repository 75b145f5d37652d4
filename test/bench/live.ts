import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sql } from 'kysely'
import { type WebSocket, WebSocketServer } from 'ws'
import { createApiKey } from '../../src/api-keys/create-api-key.ts'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/shared/log.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { withMigratedDatabase } from '../generate/migrated-database.ts'
import { writeEvents } from './live-events.ts'

// What live streams reach, with the clients in a process of their own on the same machine, beside bare `ws` that broadcasts
// one prepared string in the same run. --only names parts: peer,shared,distinct,latency,idle,catch-up.
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'peer,shared,distinct,latency,idle,catch-up' },
    subscribers: { type: 'string', default: '1000' },
    events: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '5' },
    idle: { type: 'string', default: '15000' },
    backlog: { type: 'string', default: '1000000' },
    url: { type: 'string' },
  },
})
const parts = new Set(values.only.split(','))
const [subscribers, events, idle, backlog] = [values.subscribers, values.events, values.idle, values.backlog].map(
  Number,
) as [number, number, number, number]
const selection = 'cursor ... on Event { sequence eventType createdAt liveMode subjectId payload }'
const sharedQuery = `subscription { events { __typename ${selection} } }`
const distinctQuery = `subscription { e#: events { __typename ${selection} } }`

const say = (what: string, numbers: object) => process.stdout.write(`${what.padEnd(10)} ${JSON.stringify(numbers)}\n`)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

class Clients {
  readonly #child: ChildProcess = fork(new URL('./live-client.ts', import.meta.url))

  async ask(order: object): Promise<Record<string, number>> {
    const answered = this.answer()
    this.#child.send(order)
    return answered
  }

  async answer(): Promise<Record<string, number>> {
    const [message] = (await once(this.#child, 'message')) as [Record<string, number>]
    if ('failed' in message || 'closed' in message) throw new Error(JSON.stringify(message))
    return message
  }

  end(): void {
    this.#child.kill()
  }
}

async function run(databaseUrl: string): Promise<void> {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl })
  await using app = await startApp(config, openLog(config).log)
  const { db } = app.databases
  const workspace = await createWorkspace(db, { subdomain: `live-${Date.now()}`, name: 'Live', currency: 'USD' })
  const keys: string[] = []
  while (keys.length * 200 < Math.max(subscribers, idle)) {
    keys.push((await createApiKey(db, workspace.id, { name: 'bench', scopes: ['*'] })).key)
  }
  await using ring = new KeyRing(app.databases)
  if ((await ring.authenticate(keys[0] ?? '')) === undefined) throw new Error('the key does not work')
  const clients = new Clients()
  const url = `${app.url.replace('http', 'ws')}/graphql`
  const connect = (order: object) => clients.ask({ type: 'connect', url, keys, subscriptions: 1, ...order })
  const close = async () => {
    await clients.ask({ type: 'close' })
    await sleep(300)
  }
  const write = async (count: number) => {
    const last = await writeEvents(db, workspace.id, count)
    app.feed.wake(workspace.id)
    return last
  }

  /** Deliveries per second of a burst, from its commit to the last client's last message. */
  async function burst(count: number): Promise<{ perSecond: number; bytes: number }> {
    const messages = count * subscribers
    await clients.ask({ type: 'expect', messages })
    const done = clients.answer()
    const startedAt = performance.timeOrigin + performance.now()
    await write(count)
    const { lastAt = 0, bytes = 0 } = await done
    return { perSecond: Math.round(messages / ((lastAt - startedAt) / 1_000)), bytes: Math.round(bytes / messages) }
  }

  let peer = 0
  if (parts.has('peer')) {
    peer = await bareBroadcast(clients, events)
    say('peer', { deliveriesPerSecond: peer })
  }
  const share = (perSecond: number) => (peer === 0 ? undefined : Math.round((perSecond / peer) * 100) / 100)
  if (parts.has('shared')) {
    await connect({ sockets: subscribers, query: sharedQuery })
    await burst(20)
    const { perSecond, bytes } = await burst(events)
    say('shared', { deliveriesPerSecond: perSecond, ofPeer: share(perSecond), bytes })
    await close()
  }
  if (parts.has('distinct')) {
    await connect({ sockets: subscribers, query: distinctQuery })
    await burst(20)
    const { perSecond, bytes } = await burst(Math.round(events / 3))
    say('distinct', { deliveriesPerSecond: perSecond, ofPeer: share(perSecond), bytes })
    await close()
  }
  if (parts.has('latency')) {
    await connect({ sockets: subscribers, query: sharedQuery })
    await burst(20)
    const count = 100 * Number(values.seconds)
    await clients.ask({ type: 'expect', messages: count * subscribers })
    const done = clients.answer()
    const commits: [string, number][] = []
    const beganAt = performance.now()
    for (let n = 0; n < count; n += 1) {
      await sleep(Math.max(0, beganAt + n * 10 - performance.now()))
      const last = await write(1)
      commits.push([String(last), performance.timeOrigin + performance.now()])
    }
    await done
    const { p50 = 0, p99 = 0, max = 0 } = await clients.ask({ type: 'latencies', commits })
    const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10
    say('latency', { eventsPerSecond: 100, subscribers, p50: round(p50), p99: round(p99), max: round(max) })
    await close()
  }
  if (parts.has('idle')) {
    for (const [shape, query, sockets] of [
      ['one each', sharedQuery, idle],
      ['50 each', sharedQuery, idle / 50],
      ['50 each, distinct', distinctQuery, idle / 50],
    ] as const) {
      collect()
      const before = process.memoryUsage()
      await connect({ sockets, subscriptions: idle / sockets, query })
      await sleep(500)
      collect()
      const after = process.memoryUsage()
      const each = (name: 'rss' | 'heapUsed' | 'external') =>
        Math.round(((after[name] - before[name]) / idle / 1_024) * 10) / 10
      say('idle', { shape, sockets, kibOfRss: each('rss'), kibOfHeap: each('heapUsed'), kibExternal: each('external') })
      await close()
    }
  }
  if (parts.has('catch-up')) {
    const from = await db
      .selectFrom('workspace_counters')
      .select('last_sequence')
      .where('workspace_id', '=', workspace.id)
      .executeTakeFirstOrThrow()
    const actor = await ring.authenticate(keys[0] ?? '')
    const { encodeEventCursor } = await import('../../src/events/cursor.ts')
    const after = actor && encodeEventCursor(actor.workspace, from.last_sequence)
    for (let made = 0; made < backlog; made += 100_000)
      await writeEvents(db, workspace.id, Math.min(100_000, backlog - made))
    await sql`analyze events`.execute(db)
    await clients.ask({ type: 'expect', messages: backlog })
    const startedAt = performance.now()
    const query = `subscription ($after: String) { events(after: $after) { __typename ${selection} } }`
    await connect({ sockets: 1, query, variables: { after } })
    await clients.answer()
    say('catch-up', {
      events: backlog,
      eventsPerSecond: Math.round(backlog / ((performance.now() - startedAt) / 1_000)),
    })
    await close()
  }
  clients.end()
}

/** Deliveries per second of `ws` alone: one string, sent to all as fast as they take it. */
async function bareBroadcast(clients: Clients, count: number): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const address = server.address() as { port: number }
  const url = `ws://127.0.0.1:${address.port}`
  await clients.ask({ type: 'connect', url, keys: [], sockets: subscribers, subscriptions: 1, query: '' })
  const message = JSON.stringify({ sequence: '1', text: 'x'.repeat(700) })
  const broadcast = async (rounds: number) => {
    await clients.ask({ type: 'expect', messages: rounds * subscribers })
    const done = clients.answer()
    const startedAt = performance.timeOrigin + performance.now()
    for (let round = 0; round < rounds; round += 1) {
      for (const socket of server.clients) socket.send(message)
      while (isFull(server.clients)) await turn()
    }
    const { lastAt = 0 } = await done
    return Math.round((rounds * subscribers) / ((lastAt - startedAt) / 1_000))
  }
  await broadcast(20)
  const perSecond = await broadcast(count)
  await clients.ask({ type: 'close' })
  server.close()
  return perSecond
}

function isFull(sockets: Set<WebSocket>): boolean {
  let full = 0
  for (const { bufferedAmount } of sockets) if (bufferedAmount > 64 * 1024) full += 1
  return full * 2 > sockets.size
}

if (values.url === undefined) await withMigratedDatabase(run)
else await run(values.url)
