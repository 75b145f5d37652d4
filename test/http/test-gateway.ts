import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { KeyRing } from '../../src/api-keys/key-ring.ts'
import type { Databases } from '../../src/database/connect.ts'
import type { DatabaseState } from '../../src/database/database-probe.ts'
import type { EventFeed } from '../../src/events/event-feed.ts'
import { defaultTimings, type Timings } from '../../src/http/gateway.ts'
import { type GatewayServer, type ServerParts, startServer } from '../../src/http/server.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { smallSchema } from './small-schema.ts'

export const secret = 'gw_test_secret'

/** A server over the small schema whose database, keys and feed are what the test says. */
export interface TestGateway extends AsyncDisposable {
  url: string
  /** The lines of the log, parsed. */
  lines: Record<string, unknown>[]
  /** The secrets that are good. */
  secrets: Set<string>
  /** What the parts do; a test changes them. */
  behaviour: { assertRoom: () => void; authenticate: () => void; ask: () => Promise<DatabaseState>; lagMs: number }
  server: GatewayServer
}

export function actor(id: string): Actor {
  return {
    type: 'Platform::Application',
    id,
    name: `key ${id}`,
    scopes: new Set(['orders:read']),
    workspace: { id: '1', publicId: 'p', name: 'Test', subdomain: 'test', currency: 'USD', epoch: 'e' },
  }
}

export async function startTestGateway(
  overrides: Partial<ServerParts> = {},
  timings: Partial<Timings> = {},
): Promise<TestGateway> {
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n').filter(Boolean)) lines.push(JSON.parse(line))
      done()
    },
  })
  const secrets = new Set([secret])
  const behaviour: TestGateway['behaviour'] = {
    assertRoom: () => {},
    authenticate: () => {},
    ask: async () => 'ok',
    lagMs: 0,
  }
  const server = await startServer(
    {
      schema: smallSchema(),
      config: { host: '127.0.0.1', port: 0, corsOrigins: [], trustProxy: 0 },
      log: pino({ level: 'debug' }, sink),
      databases: {
        reads: () => ({}),
        assertRoom: () => behaviour.assertRoom(),
      } as unknown as Databases,
      probe: { ask: () => behaviour.ask() },
      keys: {
        async authenticate(given: string) {
          behaviour.authenticate()
          return secrets.has(given) ? actor(given) : undefined
        },
      } as unknown as KeyRing,
      feed: { lagMs: () => behaviour.lagMs, wake: () => {} } as unknown as EventFeed,
      ...overrides,
    },
    { ...defaultTimings, stopMs: 2_000, ...timings },
  )
  return {
    url: server.url,
    lines,
    secrets,
    behaviour,
    server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
