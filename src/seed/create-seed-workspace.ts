import { randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { createApiKey } from '../api-keys/create-api-key.ts'
import type { DB } from '../database/tables.ts'
import { type Actor, scopes } from '../shared/actor.ts'

const keyName = 'Seed key'

/** The subdomain of workspace number `number`, counted from 1. */
export function subdomainOf(number: number): string {
  return `seed-${number}`
}

/** Makes a workspace with a key for everything; its counters are set when it is full. */
export async function createSeedWorkspace(
  client: pg.Client,
  { number, currency, created }: { number: number; currency: string; created: string },
): Promise<{ actor: Actor; key: string }> {
  const subdomain = subdomainOf(number)
  const name = `Seed Store ${number}`
  const { rows } = await client.query<{ id: string; public_id: string }>(
    `insert into workspaces (subdomain, name, currency, created_at, updated_at) values ($1, $2, $3, $4, $4)
      returning id, public_id`,
    [subdomain, name, currency, created],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`workspace ${subdomain} was not made`)
  const epoch = randomBytes(6).toString('hex')
  await client.query('insert into workspace_counters (workspace_id, epoch) values ($1, $2)', [row.id, epoch])
  const { id, key } = await createApiKey(withinTransactionOf(client), row.id, { name: keyName, scopes: ['*'] })
  const actor: Actor = {
    type: 'Platform::Application',
    id,
    name: keyName,
    scopes: new Set(scopes),
    workspace: { id: row.id, publicId: row.public_id, name, subdomain, currency, epoch },
  }
  return { actor, key }
}

/** How much a workspace was filled with. */
export interface Filled {
  workspaceId: string
  orders: number
  invoices: number
  events: number
}

/** Sets the counters of a full workspace, so that the next order, invoice and event follow on. */
export async function setCounters(client: pg.Client, filled: Filled): Promise<void> {
  await client.query(
    `update workspace_counters set last_order_number = 1000 + $2, last_invoice_number = $3, last_sequence = $4
      where workspace_id = $1`,
    [filled.workspaceId, filled.orders, filled.invoices, filled.events],
  )
}

// Commands take Kysely; this one speaks over the connection whose transaction is open.
function withinTransactionOf(client: pg.Client): Kysely<DB> {
  const pool = new SingleConnection(client)
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
}

class SingleConnection implements PostgresPool {
  readonly options = {}
  readonly #client: pg.Client

  constructor(client: pg.Client) {
    this.#client = client
  }

  async connect(): Promise<PostgresPoolClient> {
    const query = this.#client.query.bind(this.#client) as PostgresPoolClient['query']
    return { query, release() {} }
  }

  async end(): Promise<void> {}
}
