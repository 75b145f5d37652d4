import type pg from 'pg'
import type { Databases } from './connect.ts'
import { readApplied } from './migrate.ts'
import { type Migration, MigrationError, pendingMigrations } from './migration-files.ts'

/**
 * Whether the database answers, and whether it has the migrations of this version: `pending` lacks some, `unknown` has one
 * that is not ours or was changed.
 */
export type DatabaseState = 'ok' | 'pending' | 'unknown' | 'unreachable'

export interface ProbeOptions {
  databases: Pick<Databases, 'newConnection'>
  /** The schema all tables stand in. */
  schema: string
  migrations: readonly Migration[]
}

/** Asks the database how it is, over a connection of its own: no queue of others, however long, keeps the answer back. */
export class DatabaseProbe implements AsyncDisposable {
  readonly #options: ProbeOptions
  #connection: Promise<pg.Client> | undefined
  #asking: Promise<DatabaseState> | undefined

  constructor(options: ProbeOptions) {
    this.#options = options
  }

  /** Never throws. Who asks while an answer is awaited gets the same one. */
  ask(): Promise<DatabaseState> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #ask(): Promise<DatabaseState> {
    const isUsed = this.#connection !== undefined
    // One that was open already may have been cut, which says nothing of the database.
    return (await this.#look()) ?? (isUsed ? await this.#look() : undefined) ?? 'unreachable'
  }

  /** Undefined when there was no answer. */
  async #look(): Promise<DatabaseState | undefined> {
    const { schema, migrations } = this.#options
    this.#connection ??= this.#connect()
    const connection = this.#connection
    try {
      const applied = await readApplied(await connection, schema)
      return pendingMigrations(migrations, applied).length === 0 ? 'ok' : 'pending'
    } catch (error) {
      if (error instanceof MigrationError) return 'unknown'
      this.#drop(connection)
      return undefined
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = this.#options.databases.newConnection()
    // It breaks while nothing runs on it: the next one that asks finds out.
    client.on('error', () => {})
    try {
      await client.connect()
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    return client
  }

  #drop(connection: Promise<pg.Client>): void {
    if (this.#connection === connection) this.#connection = undefined
    connection.then(client => client.end()).catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection?.then(client => client.end()).catch(() => {})
  }
}
