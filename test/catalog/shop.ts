import { type ExecutionResult, graphql } from 'graphql'
import { sql } from 'kysely'
import { createApiKey } from '../../src/api-keys/create-api-key.ts'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { readConfig } from '../../src/config.ts'
import { Databases } from '../../src/database/connect.ts'
import { EventFeed } from '../../src/events/event-feed.ts'
import { createContext } from '../../src/graphql/context.ts'
import { schema } from '../../src/schema.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { createDatabase } from '../setup/database.ts'

Object.assign(schema, { __validationErrors: [] }) // TEMP until the Subscription type has fields

type Variables = Record<string, unknown>

/** A workspace of a test's own, asked as the schema answers it. */
export interface Shop {
  actor: Actor
  /** The answer as it is, errors included. */
  send(document: string, variables?: Variables): Promise<ExecutionResult>
  /** The one root field of the answer. Throws when there are errors. */
  ask<Answer>(document: string, variables?: Variables): Promise<Answer>
  /** The same workspace with another key. */
  withScopes(scopes: string[]): Promise<Shop>
}

/** Several workspaces in a database of their own. */
export interface Shops extends AsyncDisposable {
  databases: Databases
  open(subdomain: string, currency: string): Promise<Shop>
  /** Everything a mutation could have written, counted. */
  counts(): Promise<Record<string, number>>
  /** The log of a workspace from its beginning. */
  events(shop: Shop): Promise<{ type: string; subject_type: string; subject_id: string; data: unknown }[]>
}

/** An empty database for shops. */
export async function openShops(): Promise<Shops> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await createDatabase())
  const { databaseSchema, ...config } = readConfig({ DATABASE_URL: database.url })
  const fail = (error: unknown) => {
    throw error
  }
  const databases = parts.use(
    new Databases({ ...config, connectionString: database.url, schema: databaseSchema }, () => {}),
  )
  const keys = parts.use(new KeyRing(databases))
  const feed = new EventFeed(databases, fail)
  const { db } = databases

  async function enter(workspaceId: string, scopes: string[]): Promise<Shop> {
    const { key } = await createApiKey(db, workspaceId, { name: 'Till', scopes })
    const actor = await keys.authenticate(key)
    if (actor === undefined) throw new Error('the key is not known')
    const send = async (source: string, variableValues: Variables = {}) => {
      const contextValue = createContext(actor, databases, feed, 'request')
      return graphql({ schema, source, variableValues, contextValue })
    }
    return {
      actor,
      send,
      async ask<Answer>(document: string, variables?: Variables) {
        const { data, errors } = await send(document, variables)
        if (errors !== undefined) throw new AggregateError(errors, errors.map(String).join('\n'))
        return Object.values(data ?? {})[0] as Answer
      },
      withScopes: other => enter(workspaceId, other),
    }
  }

  const started = parts.move()
  return {
    databases,
    async open(subdomain, currency) {
      const workspace = await createWorkspace(db, { subdomain, name: subdomain, currency })
      return enter(workspace.id, ['*'])
    },
    async counts() {
      const tables = ['products', 'variants', 'prices', 'events', 'idempotency_keys']
      const { rows } = await sql<{ name: string; count: number }>`${sql.join(
        tables.map(name => sql`select ${sql.lit(name)} as name, count(*)::int from ${sql.table(name)}`),
        sql` union all `,
      )}`.execute(db)
      return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
    },
    async events(shop) {
      const rows = await db
        .selectFrom('events')
        .select(['type', 'subject_type', 'subject_id', 'data'])
        .where('workspace_id', '=', shop.actor.workspace.id)
        .orderBy('sequence')
        .execute()
      return rows.map(row => ({ ...row, data: JSON.parse(row.data) as unknown }))
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
