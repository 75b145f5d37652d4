import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { KeyRing } from '../../src/api-keys/key-ring.ts'
import { encodeEventCursor } from '../../src/events/cursor.ts'
import { defaultTimings, type Timings } from '../../src/http/gateway.ts'
import { startServer } from '../../src/http/server.ts'
import { schema } from '../../src/schema.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { newActor, Process, type Written, write } from '../events/event-log.ts'
import { connect, type Message, type SocketClient } from '../http/socket-client.ts'
import type { TestGateway } from '../http/test-gateway.ts'
import { createDatabase } from '../setup/database.ts'

/** The real schema on a real database, with keys and timings of the test's own. */
export interface StreamGateway extends AsyncDisposable {
  url: string
  process: Process
  /** Who stands behind which key. */
  actors: Map<string, Actor>
  log: Record<string, unknown>[]
  /** A key of a workspace, a new one unless given. */
  newKey(of?: Actor['workspace'], lacks?: readonly string[]): Promise<{ key: string; actor: Actor }>
  write(actor: Actor, ...events: Written[]): Promise<number>
  connect(key: string): Promise<SocketClient>
  stop(): PromiseLike<void>
}

export async function startStreamGateway(timings: Partial<Timings> = {}): Promise<StreamGateway> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await createDatabase())
  const process = parts.use(await Process.start(database.url))
  const actors = new Map<string, Actor>()
  const log: Record<string, unknown>[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n').filter(Boolean)) log.push(JSON.parse(line))
      done()
    },
  })
  const server = parts.use(
    await startServer(
      {
        schema,
        config: { host: '127.0.0.1', port: 0, corsOrigins: [], trustProxy: 0 },
        databases: process.databases,
        probe: { ask: async () => 'ok' },
        keys: {
          authenticate: async (key: string) => actors.get(key),
          actorOf: async (_workspaceId: string, id: string) => [...actors.values()].find(actor => actor.id === id),
        } as unknown as KeyRing,
        feed: process.feed,
        log: pino({ level: 'info' }, sink),
      },
      { ...defaultTimings, stopMs: 2_000, ...timings },
    ),
  )
  const owned = parts.move()
  let keys = 0
  return {
    url: server.url,
    process,
    actors,
    log,
    async newKey(workspace, lacks = []) {
      keys += 1
      const made = await newActor(process.databases, lacks)
      const actor = { ...made, id: String(keys), ...(workspace && { workspace }) }
      actors.set(`key-${keys}`, actor)
      return { key: `key-${keys}`, actor }
    },
    write: (actor, ...events) => write(process.commands(actor), ...events),
    connect: key => connect({ url: server.url } as TestGateway, key),
    stop: () => server[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The place of an actor's log after this sequence. */
export function cursorOf(actor: Actor, sequence: number): string {
  return encodeEventCursor(actor.workspace, String(sequence))
}

let ids = 0

/** What one subscription over a socket has got. */
export interface Subscription {
  id: string
  /** The root field of each result, in order. */
  items: Message[]
  results: Message[]
  isComplete: boolean
  complete(): void
}

const takersByClient = new WeakMap<SocketClient, Map<string, (message: Message) => void>>()

function takersOf(client: SocketClient): Map<string, (message: Message) => void> {
  const known = takersByClient.get(client)
  if (known !== undefined) return known
  const takers = new Map<string, (message: Message) => void>()
  takersByClient.set(client, takers)
  client.socket.removeAllListeners('message')
  client.socket.on('message', data => {
    const message = JSON.parse(String(data))
    takers.get(message.id)?.(message)
  })
  return takers
}

/** Subscribes; every message with its id is taken from the client. */
export function subscribe(client: SocketClient, query: string, variables?: Record<string, unknown>): Subscription {
  ids += 1
  const id = `s${ids}`
  const got: Subscription = {
    id,
    items: [],
    results: [],
    isComplete: false,
    complete: () => client.send({ id, type: 'complete' }),
  }
  const takers = takersOf(client)
  takers.set(id, message => {
    if (message.type === 'complete' || message.type === 'error') got.isComplete = true
    if (message.type === 'error') got.results.push({ errors: message.payload })
    if (message.type !== 'next') return
    got.results.push(message.payload)
    got.items.push(Object.values(message.payload.data ?? {})[0])
  })
  client.send({ id, type: 'subscribe', payload: { query, variables } })
  return got
}

/** The sequences of the events among the items. */
export function sequencesOf({ items }: Subscription): number[] {
  return items.flatMap(item => (item?.__typename === 'Event' ? Number(item.sequence) : []))
}
