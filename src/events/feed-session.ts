import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Databases } from '../database/connect.ts'
import { countStatement } from '../database/statement-count.ts'
import { type NewEvent, newEventsQuery, toNewEvent } from './new-events.ts'

/** Where the feed gets a connection of its own; none behind a pooler in transaction mode, where nobody can listen. */
export type FeedDatabases = Databases & {
  /** A new connection, not connected yet, that its caller alone uses and ends. */
  ownConnection(): pg.Client | undefined
}

/** The feed's line to the database while it lasts. */
export interface FeedSession {
  /** What is new in many workspaces. */
  newEvents(...looked: Parameters<typeof newEventsQuery>): Promise<NewEvent[]>
  /** Sends a message to all that listen in this database and schema. */
  notify(payload: string): Promise<void>
  end(): void
}

/** What the feed hears from its session. */
interface SessionEvents {
  notified(payload: string): void
  /** The connection is gone; the session is of no use any more. */
  lost(error: Error): void
}

const answerTimeoutMs = 10_000

/** Opens a session: over a connection of its own that listens, or over the pool where there can be none. */
export async function openSession(databases: FeedDatabases, events: SessionEvents): Promise<FeedSession> {
  const client = databases.ownConnection()
  if (client === undefined) return session(overPool(databases), await channelName(overPool(databases)), () => {})
  const end = () => {
    client.removeAllListeners()
    client.on('error', () => {})
    client.end().catch(() => {})
  }
  try {
    client.on('error', error => events.lost(error))
    client.on('end', () => events.lost(new Error('the connection of the event feed has ended')))
    client.on('notification', ({ payload = '' }) => events.notified(payload))
    await client.connect()
    const query = overOwnConnection(client)
    const channel = await channelName(query)
    await query({ text: `listen ${channel}`, values: [] })
    // The plan for all partitions is made once, not for each of the first five polls.
    await query({ text: 'set plan_cache_mode = force_generic_plan', values: [] })
    return session(query, channel, end)
  } catch (error) {
    end()
    throw error
  }
}

function session(query: Query, channel: string, end: () => void): FeedSession {
  return {
    async newEvents(...looked) {
      const rows = await query(newEventsQuery(...looked))
      return rows.map(toNewEvent)
    },
    async notify(payload) {
      await query({ name: 'feed_notify', text: 'select pg_notify($1, $2)', values: [channel, payload] })
    },
    end,
  }
}

// Gateways of one database and schema hear each other, and nobody else.
async function channelName(query: Query): Promise<string> {
  const text = `select 'orders_gateway_events_' || current_schema()::regnamespace::oid as channel`
  const [row] = await query({ text, values: [] })
  return String(row?.channel)
}

type Query = (query: { name?: string; text: string; values: unknown[] }) => Promise<Record<string, unknown>[]>

function overPool({ db }: Databases): Query {
  return async ({ text, values }) => {
    const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values))
    return rows
  }
}

// One statement at a time. Without a limit of its own, a connection whose other end is gone would be waited on for ever.
function overOwnConnection(client: pg.Client): Query {
  let turn: Promise<unknown> = Promise.resolve()
  return query => {
    const rows = turn.then(async () => {
      countStatement(query.text)
      const limited: pg.QueryConfig & { query_timeout: number } = { ...query, query_timeout: answerTimeoutMs }
      return (await client.query<Record<string, unknown>>(limited)).rows
    })
    turn = rows.catch(() => {})
    return rows
  }
}
