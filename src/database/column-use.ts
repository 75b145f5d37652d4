import { type RowClass, rowClass } from './row-class.ts'
import type { Statement } from './statement.ts'

/** What PostgreSQL answered: the names of the columns and the values of each row in their order. */
export interface Answer {
  columns: readonly string[]
  rows: readonly (readonly unknown[])[]
}

type AnyStatement = Statement<never, unknown>

interface Narrowed {
  statement: AnyStatement
  /** The columns of the whole statement. */
  all: readonly string[]
  /** Made of the first answer. */
  row: RowClass | undefined
}

/**
 * The columns that one operation reads of the rows of each of its statements. Nobody declares them: a run is given whole
 * rows and notes what is read of them, and the next run asks for that alone. A run that then reads another column fails
 * with ColumnNotAsked, and is to be repeated without narrowing.
 */
export class ColumnUse {
  readonly #columns = new Map<AnyStatement, { all: readonly string[]; read: Set<string> }>()
  readonly #narrowed = new Map<AnyStatement, Narrowed>()

  /** The columns of one run; `isWhole`: all of them, whatever is known. */
  startRun(isWhole = false): ColumnRun {
    return new ColumnRun(this, isWhole)
  }

  /** Notes what a run has read. */
  add(statement: AnyStatement, all: readonly string[], read: ReadonlySet<string>): void {
    const known = this.#columns.get(statement) ?? { all, read: new Set() }
    const before = known.read.size
    for (const column of read) known.read.add(column)
    this.#columns.set(statement, known)
    if (known.read.size > before) this.#narrowed.delete(statement)
  }

  /** The statement with the columns it needs; undefined as long as they are not known. */
  narrowed(statement: AnyStatement): Narrowed | undefined {
    const known = this.#narrowed.get(statement)
    if (known !== undefined) return known
    const columns = this.#columns.get(statement)
    if (columns === undefined) return undefined
    const made = { statement: statement.only(columns.read), all: columns.all, row: undefined }
    this.#narrowed.set(statement, made)
    return made
  }
}

/** The columns that one run of an operation reads. */
export class ColumnRun {
  readonly #use: ColumnUse
  readonly #isWhole: boolean
  readonly #noted = new Map<AnyStatement, { all: readonly string[]; read: Set<string>; row: RowClass }>()

  constructor(use: ColumnUse, isWhole: boolean) {
    this.#use = use
    this.#isWhole = isWhole
  }

  /** The rows of a statement, which `send` sends. */
  async rows(statement: AnyStatement, send: (statement: AnyStatement) => Promise<Answer>): Promise<object[]> {
    const narrowed = this.#isWhole ? undefined : this.#use.narrowed(statement)
    const { columns, rows } = await send(narrowed?.statement ?? statement)
    const Row = narrowed === undefined ? this.#noting(statement, columns) : rowOf(narrowed, columns)
    return rows.map(values => new Row(values))
  }

  #noting(statement: AnyStatement, all: readonly string[]): RowClass {
    const known = this.#noted.get(statement)
    if (known !== undefined) return known.row
    const read = new Set<string>()
    const row = rowClass(all, [], column => read.add(column))
    this.#noted.set(statement, { all, read, row })
    return row
  }

  /** Keeps what was noted for the next runs: to be called when the run has succeeded. */
  keep(): void {
    // A statement without rows has shown nothing.
    for (const [statement, { all, read }] of this.#noted) if (read.size > 0) this.#use.add(statement, all, read)
  }
}

function rowOf(narrowed: Narrowed, columns: readonly string[]): RowClass {
  narrowed.row ??= rowClass(
    columns,
    narrowed.all.filter(column => !columns.includes(column)),
  )
  return narrowed.row
}
