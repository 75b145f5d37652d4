import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListedTable } from './listed-table.ts'
import { type Param, type Statement, statement } from './statement.ts'
import type { DB } from './tables.ts'

type Build<Params, Row> = (
  db: Kysely<DB>,
  param: Param<Params & { workspace: string }>,
  columns: readonly (keyof Row & string)[],
) => { compile(): CompiledQuery }

/** A statement of fixed text that reads rows of one table, with those of its columns that an operation selects. */
export class RowStatement<Params extends object, Row> {
  readonly listed: ListedTable<Row>
  readonly #name: string
  readonly #build: Build<Params, Row>
  readonly #made = new Map<ListedTable<Row>, Statement<Params, Row>>()

  constructor(name: string, listed: ListedTable<Row>, build: Build<Params, Row>) {
    this.listed = listed
    this.#name = name
    this.#build = build
    this.with(listed)
  }

  /** The statement that reads the table so. */
  with(listed: ListedTable<Row>): Statement<Params, Row> {
    const known = this.#made.get(listed)
    if (known !== undefined) return known
    const made = statement<Params>()<Row>(`${this.#name}${listed.suffix}`, (db, param) => {
      return this.#build(db, param, listed.columns) as { compile(): CompiledQuery<Row> }
    })
    this.#made.set(listed, made)
    return made
  }
}

/** Declares a {@link RowStatement}: `rowStatement<{ number: string }>()('orders_by_number', listedOrders, ...)`. */
export function rowStatement<Params extends object>() {
  return <Row>(name: string, listed: ListedTable<Row>, build: Build<Params, Row>) =>
    new RowStatement<Params, Row>(name, listed, build)
}

/** Builds the select of a statement that is about whichever table is listed. */
export function selectRows<Row>(
  db: Kysely<DB>,
  { table }: ListedTable<Row>,
  columns: readonly (keyof Row & string)[],
  where: RawBuilder<unknown>,
): { compile(): CompiledQuery } {
  const query = sql`select ${sql.join(columns.map(column => sql.ref(column)))} from ${sql.table(table)} where ${where}`
  return { compile: () => query.compile(db) }
}
