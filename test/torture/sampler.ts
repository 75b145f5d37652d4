import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import type { GatewayProcess } from './gateway-process.ts'

const everyMs = 1_000
const pageBytes = 4_096

/** What a gateway process held at a moment. */
export interface Held {
  gateway: string
  pid: number
  /** Seconds since it was ready. */
  age: number
  megabytes: number
  handles: number
}

/** Looks every second how much the gateways hold, and how many connections they have. */
export class Sampler {
  readonly held: Held[] = []
  /** Connections of all gateways together. */
  readonly connections: number[] = []
  readonly #gateways: readonly GatewayProcess[]
  readonly #databaseUrl: () => string
  readonly #timer: NodeJS.Timeout

  constructor(gateways: readonly GatewayProcess[], databaseUrl: () => string) {
    this.#gateways = gateways
    this.#databaseUrl = databaseUrl
    this.#timer = setInterval(() => void this.look(), everyMs)
  }

  async look(): Promise<void> {
    await Promise.all(this.#gateways.map(gateway => this.#lookAt(gateway)))
    const connections = await this.#countConnections()
    if (connections !== undefined) this.connections.push(connections)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #lookAt({ name, running }: GatewayProcess): Promise<void> {
    if (running === undefined) return
    const { pid, readyAt } = running
    try {
      const [memory, handles] = await Promise.all([
        readFile(`/proc/${pid}/statm`, 'utf8'),
        readdir(`/proc/${pid}/fd`).then(files => files.length),
      ])
      const megabytes = Math.round((Number(memory.split(' ')[1]) * pageBytes) / 1024 ** 2)
      this.held.push({ gateway: name, pid, age: Math.round((performance.now() - readyAt) / 1_000), megabytes, handles })
    } catch {
      // It was killed meanwhile.
    }
  }

  async #countConnections(): Promise<number | undefined> {
    const client = new pg.Client({ connectionString: this.#databaseUrl(), application_name: 'torture' })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query<{ count: string }>(
        `select count(*) from pg_stat_activity where application_name like 'orders-gateway%'`,
      )
      return Number(rows[0]?.count)
    } catch {
      // PostgreSQL is away.
      return undefined
    } finally {
      await client.end().catch(() => {})
    }
  }
}
