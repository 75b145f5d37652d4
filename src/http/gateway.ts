import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import type { KeyRing } from '../api-keys/key-ring.ts'
import type { Config } from '../config.ts'
import type { Databases } from '../database/connect.ts'
import type { DatabaseProbe } from '../database/database-probe.ts'
import type { EventFeed } from '../events/event-feed.ts'
import type { Operations } from '../graphql/operations.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { OperationLog } from './operation-log.ts'
import type { StreamGroups } from './streams/stream-groups.ts'

/** What the server is made of. */
export interface ServerParts {
  schema: GraphQLSchema
  config: Pick<Config, 'host' | 'port' | 'corsOrigins' | 'trustProxy'>
  databases: Databases
  probe: Pick<DatabaseProbe, 'ask'>
  keys: KeyRing
  feed: EventFeed
  log: Logger
  /** Answers with the page for people; undefined: there is none. */
  explorer?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
}

/** How long the server waits for what, in milliseconds. */
export interface Timings {
  /** From the opening of a WebSocket to `connection_init`. */
  connectionInitMs: number
  /** Between two pings, and from a ping to its pong. */
  pingMs: number
  /** A client that reads nothing for so long, while there is something to read, is closed. */
  stalledMs: number
  /** Between two checks of the keys of open sockets and streams. */
  recheckMs: number
  /** From the order to stop until everything that is still open is cut off. */
  stopMs: number
  /** After so long without an item a stream of the log says where it stands. */
  heartbeatMs: number
}

export const defaultTimings: Timings = {
  connectionInitMs: 3_000,
  pingMs: 12_000,
  stalledMs: 10_000,
  recheckMs: 1_000,
  stopMs: 9_000,
  heartbeatMs: 10_000,
}

/** What every request and every socket works with. */
export interface Gateway extends ServerParts {
  operations: Operations
  sessions: LiveSessions
  streamGroups: StreamGroups
  operationLog: OperationLog
  timings: Timings
  isStopping: () => boolean
}
