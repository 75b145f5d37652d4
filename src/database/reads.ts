import { CompiledQuery, type Kysely } from 'kysely'
import type { ListedTable } from './listed-table.ts'
import { RowStatement } from './row-statement.ts'
import type { SelectedColumns } from './selected-columns.ts'
import type { SharedConnections } from './shared-connections.ts'
import type { Statement } from './statement.ts'
import { countStatement } from './statement-count.ts'
import type { DB } from './tables.ts'

/** What one actor can read: every statement gets its workspace from here and from nowhere else. */
export class Reads {
  readonly workspaceId: string
  readonly #shared: SharedConnections | undefined
  readonly #pool: Kysely<DB>
  readonly #selected: SelectedColumns | undefined

  /** Without shared connections (`DATABASE_PREPARE=off`) everything goes over the pool, unnamed. */
  constructor(
    workspaceId: string,
    shared: SharedConnections | undefined,
    pool: Kysely<DB>,
    selected?: SelectedColumns | undefined,
  ) {
    this.workspaceId = workspaceId
    this.#shared = shared
    this.#pool = pool
    this.#selected = selected
  }

  /** The same, of rows with the selected columns alone. */
  selecting(selected: SelectedColumns): Reads {
    return new Reads(this.workspaceId, this.#shared, this.#pool, selected)
  }

  /** The table with the columns that are read of it; `sortColumn` is among them. */
  narrowed<Row>(listed: ListedTable<Row>, sortColumn?: string): ListedTable<Row> {
    return this.#selected?.narrow(listed, sortColumn) ?? listed
  }

  /** Runs a statement of fixed text and bounded cost: loaders, single objects, unfiltered pages. */
  async all<Params extends object, Row>(
    asked: Statement<Params, Row> | RowStatement<Params, Row>,
    params: Params,
  ): Promise<Row[]> {
    const statement = asked instanceof RowStatement ? asked.with(this.narrowed(asked.listed)) : asked
    const values = statement.values({ ...params, workspace: this.workspaceId })
    if (this.#shared === undefined)
      return this.#unnamed(CompiledQuery.raw(statement.text, values) as CompiledQuery<Row>)
    countStatement(statement.text)
    return this.#shared.query(statement.name, statement.text, values) as Promise<Row[]>
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
