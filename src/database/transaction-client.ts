import type { PostgresPoolClient } from 'kysely'
import pg from 'pg'

// Whoever writes decides how many lines a statement has: so many texts are prepared, whatever comes after stays unnamed.
const maxPrepared = 300
const maxSeen = 3_000
const seen = new Set<string>()
const names = new Map<string, string>()

const nothing = { command: 'BEGIN', rowCount: 0, rows: [] } as const

/**
 * A connection of the pool as Kysely uses it. `begin` leaves in one write with the first statement of its transaction, and
 * what comes again in transactions is prepared; outside of them nothing is. One that holds statements which no longer fit
 * the tables is not used again.
 */
export class TransactionClient {
  readonly #client: pg.PoolClient
  #begin: string | undefined
  #isInTransaction = false
  #isStale = false

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  /** What this connection is to Kysely. */
  get forKysely(): PostgresPoolClient {
    return this as object as PostgresPoolClient
  }

  get processID(): number | undefined {
    return (this.#client as { processID?: number }).processID
  }

  async query(text: string, values: readonly unknown[]): Promise<unknown> {
    if (text === 'begin' || text.startsWith('start transaction')) {
      this.#begin = text
      this.#isInTransaction = true
      return nothing
    }
    const begin = this.#begin
    this.#begin = undefined
    const isEnd = text === 'commit' || text === 'rollback'
    if (isEnd) this.#isInTransaction = false
    // A transaction that never got to a statement never was.
    if (isEnd && begin !== undefined) return { ...nothing, command: text.toUpperCase() }
    try {
      return await this.#send(begin, isEnd || !this.#isInTransaction ? undefined : nameOf(text), text, values)
    } catch (error) {
      if (error instanceof pg.DatabaseError && isAboutPrepared(error)) this.#isStale = true
      throw error
    }
  }

  async #send(begin: string | undefined, name: string | undefined, text: string, values: readonly unknown[]) {
    const query = { text, values: [...values], ...(name !== undefined && { name }) }
    if (begin === undefined) return this.#client.query(query)
    const { stream } = this.#client.connection
    stream.cork()
    const both = [this.#client.query(begin), this.#client.query(query)] as const
    stream.uncork()
    const [, result] = await Promise.all(both)
    return result
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy === true || this.#isStale)
  }
}

/** The name that a statement is prepared under; undefined the first time it is seen. */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  if (!seen.has(text)) {
    if (seen.size < maxSeen) seen.add(text)
    return undefined
  }
  if (names.size >= maxPrepared) return undefined
  const name = `write_${names.size + 1}`
  names.set(text, name)
  return name
}

/** Whether a statement failed because what was prepared no longer fits: it may be run again on another connection. */
export function isAboutPrepared({ code }: pg.DatabaseError): boolean {
  return code === '26000' || code === '0A000'
}
