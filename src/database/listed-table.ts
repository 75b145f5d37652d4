import type { DB } from './tables.ts'

/** A table and the columns that its rows are read with. */
export interface ListedTable<Row> {
  readonly table: keyof DB & string
  /** Listed: a named `select *` would fail for ever after a new column. */
  readonly columns: readonly (keyof Row & string)[]
  /** Columns that loaders tell rows apart by, read whatever an operation selects. */
  readonly keys: readonly (keyof Row & string)[]
  /** Tells the same table with fewer columns apart, in the names of statements; empty with all of them. */
  readonly suffix: string
}

/** Declares how the rows of a table are read. The id is always a key; `keys` are those beyond it. */
export function listTable<Row extends { id: string }>(
  table: keyof DB & string,
  columns: readonly (keyof Row & string)[],
  keys: readonly (keyof Row & string)[] = [],
): ListedTable<Row> {
  return { table, columns, keys: ['id', ...keys], suffix: '' }
}
