import type { BenchDatabase } from './bench-database.ts'
import { load } from './load.ts'
import { pgbench, writeScripts } from './pgbench.ts'
import { recordTransactions } from './recorded-transactions.ts'
import type { Contender } from './turns.ts'

// As many as the transactions that pgbench chooses from.
const recorded = 40
const clients = 8

export interface Writes {
  /** Orders created per second, through the API and by the same statements in pgbench; the middle of the rounds. */
  api: number
  pgbench: number
  statements: number
}

export interface WriteOptions {
  wrk: string
  pgbench: string
  directory: string
  rounds: number
  seconds: number
  say: (line: string) => void
}

/** Compares `createOrder` over HTTP with pgbench running the statements that it sends, 8 clients each. */
export async function compareWrites(
  database: BenchDatabase,
  gateway: Contender,
  { wrk, pgbench: file, directory, rounds, seconds, say }: WriteOptions,
): Promise<Writes> {
  const transactions = await recordTransactions(database, gateway.bodies, recorded)
  const scripts = await writeScripts(transactions, directory)
  const api: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    say(`writes, round ${round + 1} of ${rounds}`)
    const before = await ordersOf(database)
    const { requests, perSecond } = await load(wrk, gateway, { seconds, connections: clients })
    const made = (await ordersOf(database)) - before
    if (made < requests) throw new Error(`${requests} requests made only ${made} orders`)
    api.push(perSecond)
    bare.push(await pgbench(file, database.url, scripts, { clients, seconds }))
  }
  return { api: middle(api), pgbench: middle(bare), statements: (transactions[0]?.length ?? 0) + 2 }
}

async function ordersOf({ client, workspaceId }: BenchDatabase): Promise<number> {
  const counter = 'select last_order_number as number from workspace_counters where workspace_id = $1'
  const { rows } = await client.query<{ number: string }>(counter, [workspaceId])
  return Number(rows[0]?.number)
}

function middle(figures: number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0
}
