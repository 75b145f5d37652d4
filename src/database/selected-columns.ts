import type { ListedTable } from './listed-table.ts'

// Each selection of columns is a prepared statement on each shared connection. Whoever asks for ever new ones gets whole
// rows in the end.
const maxSelections = 500
const selections = new Map<string, ListedTable<never>>()

/** The columns that an operation reads of each table, so that no others are fetched. Other tables are read whole. */
export class SelectedColumns {
  readonly #byTable: ReadonlyMap<string, ReadonlySet<string>>
  readonly #narrowed = new Map<string, ListedTable<never>>()

  constructor(byTable: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#byTable = byTable
  }

  /** The table with the columns selected of it and its keys alone; `sortColumn` is one more key. */
  narrow<Row>(listed: ListedTable<Row>, sortColumn = 'id'): ListedTable<Row> {
    const selected = this.#byTable.get(listed.table)
    if (selected === undefined) return listed
    const place = `${listed.table} ${sortColumn}`
    const known = this.#narrowed.get(place)
    if (known !== undefined) return known as ListedTable<unknown> as ListedTable<Row>
    const isRead = (column: string) =>
      selected.has(column) || column === sortColumn || (listed.keys as readonly string[]).includes(column)
    const narrowed = withColumns(listed, listed.columns.filter(isRead))
    this.#narrowed.set(place, narrowed as ListedTable<never>)
    return narrowed
  }
}

function withColumns<Row>(listed: ListedTable<Row>, columns: ListedTable<Row>['columns']): ListedTable<Row> {
  if (columns.length === listed.columns.length) return listed
  const key = `${listed.table} ${columns.join()}`
  const known = selections.get(key)
  if (known !== undefined) return known as ListedTable<unknown> as ListedTable<Row>
  if (selections.size >= maxSelections) return listed
  const narrowed = { ...listed, columns, suffix: `_${selections.size + 1}` }
  selections.set(key, narrowed as ListedTable<unknown> as ListedTable<never>)
  return narrowed
}
