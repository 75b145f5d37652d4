/** A column of a row was read that was not asked for. */
export class ColumnNotAsked extends Error {
  override readonly name = 'ColumnNotAsked'
}

/** Makes a row of the values of its columns. */
export type RowClass = new (values: readonly unknown[]) => object

/**
 * Rows as PostgreSQL sent them, read column by column through accessors: they cannot be spread. `onRead` is told each
 * column that is read. Reading one of `absent` throws {@link ColumnNotAsked}.
 */
export function rowClass(
  columns: readonly string[],
  absent: readonly string[],
  onRead?: (column: string) => void,
): RowClass {
  class Row {
    readonly values: readonly unknown[]
    constructor(values: readonly unknown[]) {
      this.values = values
    }
  }
  for (const [index, column] of columns.entries()) {
    const get =
      onRead === undefined
        ? function (this: Row) {
            return this.values[index]
          }
        : function (this: Row) {
            onRead(column)
            return this.values[index]
          }
    Object.defineProperty(Row.prototype, column, { get })
  }
  for (const column of absent) {
    const get = () => {
      throw new ColumnNotAsked(`${column} was not asked for`)
    }
    Object.defineProperty(Row.prototype, column, { get })
  }
  return Row
}
