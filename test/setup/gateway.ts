import { createApiKey, type NewApiKey } from '../../src/api-keys/create-api-key.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Databases } from '../../src/database/connect.ts'
import type { EventFeed } from '../../src/events/event-feed.ts'
import { openLog } from '../../src/shared/log.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { findWorkspace } from '../../src/workspaces/workspace-store.ts'
import { createDatabase } from './database.ts'

export interface GatewayOptions {
  /** Environment variables of the gateway. */
  env?: Record<string, string>
  /** The database of another gateway, to be shared with it; without it each has its own. */
  databaseUrl?: string
}

export interface KeyWish {
  /** Of the workspace, which is made where there is none: `acme` unless given. */
  subdomain?: string
  /** Of a workspace that is made: USD unless given. */
  currency?: string
  /** `*` unless given. */
  scopes?: readonly string[]
  name?: string
  expiresAt?: string
}

/** A whole gateway in this process, on a free port of the loopback. */
export interface Gateway extends AsyncDisposable {
  /** Of the GraphQL endpoint. */
  url: string
  /** Of the server, without a path. */
  origin: string
  databaseUrl: string
  databases: Databases
  feed: EventFeed
  createKey(wish?: KeyWish): Promise<NewApiKey & { workspaceId: string }>
}

/** Starts a gateway on a fresh copy of the migrated database. */
export async function startGateway({ env = {}, databaseUrl }: GatewayOptions = {}): Promise<Gateway> {
  await using parts = new AsyncDisposableStack()
  const url = databaseUrl ?? parts.use(await createDatabase()).url
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', POOL_SIZE: '5', ...env, DATABASE_URL: url })
  const app = parts.use(await startApp(config, openLog(config).log))
  const owned = parts.move()
  return {
    url: new URL('/graphql', app.url).href,
    origin: new URL(app.url).origin,
    databaseUrl: url,
    databases: app.databases,
    feed: app.feed,
    createKey: wish => createKey(app.databases, wish),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function createKey(
  { db }: Databases,
  { subdomain = 'acme', currency = 'USD', scopes = ['*'], name = 'Test key', expiresAt }: KeyWish = {},
): Promise<NewApiKey & { workspaceId: string }> {
  const workspace =
    (await findWorkspace(db, subdomain)) ?? (await createWorkspace(db, { subdomain, name: subdomain, currency }))
  const made = await createApiKey(db, workspace.id, { name, scopes, expiresAt: expiresAt ?? null })
  return { ...made, workspaceId: workspace.id }
}
