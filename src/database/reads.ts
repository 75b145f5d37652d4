import { CompiledQuery, type Kysely } from 'kysely'
import type { Answer, ColumnRun } from './column-use.ts'
import type { SharedConnections } from './shared-connections.ts'
import type { Statement } from './statement.ts'
import { countStatement } from './statement-count.ts'
import type { DB } from './tables.ts'

/** What one actor can read: every statement gets its workspace from here and from nowhere else. */
export class Reads {
  readonly workspaceId: string
  readonly #shared: SharedConnections | undefined
  readonly #pool: Kysely<DB>
  readonly #columns: ColumnRun | undefined

  /**
   * Without shared connections (`DATABASE_PREPARE=off`) everything goes over the pool, unnamed. With `columns`, rows
   * have the columns that the operation is known to read, and cannot be spread.
   */
  constructor(workspaceId: string, shared: SharedConnections | undefined, pool: Kysely<DB>, columns?: ColumnRun) {
    this.workspaceId = workspaceId
    this.#shared = shared
    this.#pool = pool
    this.#columns = columns
  }

  /** The same, for a run of an operation that notes what it reads. */
  forRun(columns: ColumnRun): Reads {
    return new Reads(this.workspaceId, this.#shared, this.#pool, columns)
  }

  /** The same, but every statement fails at once. */
  failing(error: unknown): Reads {
    return new FailingReads(this.workspaceId, this.#pool, error)
  }

  /** Runs a statement of fixed text and bounded cost: loaders, single objects, unfiltered pages. */
  async all<Params, Row>(statement: Statement<Params, Row>, params: Params): Promise<Row[]> {
    const values = statement.values(params, this.workspaceId)
    const shared = this.#shared
    if (shared === undefined) return this.#unnamed(CompiledQuery.raw(statement.text, values) as CompiledQuery<Row>)
    if (this.#columns !== undefined) return this.#columns.rows(statement, narrow => answer(shared, narrow, values)) as never
    countStatement(statement.text)
    const { rows } = await shared.query({ name: statement.name, text: statement.text, values })
    return rows as Row[]
  }

  /** Runs a query whose text and cost depend on the input (filters, counts) over the pool, under its statement timeout. */
  filtered<Row>(build: (db: Kysely<DB>, workspaceId: string) => { compile(): CompiledQuery<Row> }): Promise<Row[]> {
    return this.#unnamed(build(this.#pool, this.workspaceId).compile())
  }

  async #unnamed<Row>(query: CompiledQuery<Row>): Promise<Row[]> {
    const result = await this.#pool.executeQuery<Row>(query)
    return result.rows
  }
}

class FailingReads extends Reads {
  readonly #error: unknown

  constructor(workspaceId: string, pool: Kysely<DB>, error: unknown) {
    super(workspaceId, undefined, pool)
    this.#error = error
  }

  override async all(): Promise<never[]> {
    throw this.#error
  }

  override async filtered(): Promise<never[]> {
    throw this.#error
  }
}

async function answer(
  shared: SharedConnections,
  { name, text }: { name: string; text: string },
  values: unknown[],
): Promise<Answer> {
  countStatement(text)
  const { fields, rows } = await shared.query({ name, text, values, rowMode: 'array' })
  return { columns: fields.map(field => field.name), rows: rows as unknown[][] }
}
