import { KeyRing } from '../../src/api-keys/key-ring.ts'
import type { Databases } from '../../src/database/connect.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { type GraphqlAnswer, graphql } from '../setup/client.ts'
import { startGateway } from '../setup/gateway.ts'

type Variables = Record<string, unknown>

/** A workspace with nothing in it, asked over HTTP. */
export interface Shop {
  actor: Actor
  /** The answer as it is, errors included. */
  send(document: string, variables?: Variables): Promise<GraphqlAnswer<Variables>>
  /** The one root field of the answer. Throws when there are errors. */
  ask<Answer>(document: string, variables?: Variables): Promise<Answer>
  /** The same workspace with another key. */
  withScopes(scopes: string[]): Promise<Shop>
}

/** Several workspaces behind a gateway of their own. */
export interface Shops extends AsyncDisposable {
  databases: Databases
  open(subdomain: string, currency: string): Promise<Shop>
  /** Everything that a mutation of the catalog could have written, counted over all workspaces. */
  counts(): Promise<Record<(typeof tables)[number], number>>
  /** The log of a workspace from its beginning. */
  events(shop: Shop): Promise<{ type: string; subject_type: string; subject_id: string; data: unknown }[]>
}

const tables = ['products', 'variants', 'prices', 'events', 'idempotency_keys'] as const

/** Starts a gateway without workspaces. */
export async function openShops(): Promise<Shops> {
  await using parts = new AsyncDisposableStack()
  const gateway = parts.use(await startGateway())
  const { db } = gateway.databases
  const keys = parts.use(new KeyRing(gateway.databases))

  async function enter(subdomain: string, currency: string, scopes: string[]): Promise<Shop> {
    const { key } = await gateway.createKey({ subdomain, currency, scopes })
    const actor = await keys.authenticate(key)
    if (actor === undefined) throw new Error('the key is not known')
    const send: Shop['send'] = async (document, variables) =>
      (await graphql<Variables>(gateway.url, key, document, variables)).body
    return {
      actor,
      send,
      async ask<Answer>(document: string, variables?: Variables) {
        const { data, errors } = await send(document, variables)
        if (errors !== undefined) throw new Error(JSON.stringify(errors))
        return Object.values(data ?? {})[0] as Answer
      },
      withScopes: others => enter(subdomain, currency, others),
    }
  }

  const owned = parts.move()
  return {
    databases: gateway.databases,
    open: (subdomain, currency) => enter(subdomain, currency, ['*']),
    async counts() {
      const counted = tables.map(async table => {
        const query = db.selectFrom(table).select(({ fn }) => fn.countAll<string>().as('count'))
        return [table, Number((await query.executeTakeFirstOrThrow()).count)]
      })
      return Object.fromEntries(await Promise.all(counted))
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
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
