import { CopyBlocks } from './copy-blocks.ts'

/** A table to copy rows into, with the columns that are written. */
export interface CopyTable<Row> {
  name: string
  columns: readonly (keyof Row & string)[]
}

/** The types of columns that are written, as PostgreSQL names them. */
export type ColumnType = keyof typeof writers

const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.from([0xff, 0xff])

type Write = (blocks: CopyBlocks, value: unknown) => void

// Rows hold what queries answer: bigint, amounts, times and json as text; a UUID also as words.
const writers = {
  bool: (blocks, value) => blocks.boolean(value === true),
  int2: (blocks, value) => blocks.int2(Number(value)),
  int4: (blocks, value) => blocks.int4(Number(value)),
  int8: (blocks, value) => blocks.int8(Number(value)),
  json: (blocks, value) => blocks.text(String(value)),
  numeric: (blocks, value) => blocks.numeric(String(value)),
  text: (blocks, value) => blocks.text(String(value)),
  timestamptz: (blocks, value) => blocks.time(String(value)),
  uuid: (blocks, value) => (Array.isArray(value) ? blocks.words(value) : blocks.uuid(String(value))),
} satisfies Record<string, Write>

/** Whether values of a type can be written. */
export function isColumnType(type: string): type is ColumnType {
  return Object.hasOwn(writers, type)
}

/**
 * Rows of a table in the binary format of COPY, gathered until they are sent: it takes the server less to read than
 * text, which it searches for ends of lines first.
 */
export class CopyRows<Row extends object> {
  /** The COPY that takes them. */
  readonly statement: string
  readonly #columns: readonly { name: keyof Row & string; write: Write }[]
  readonly #blocks: CopyBlocks

  constructor({ name, columns }: CopyTable<Row>, typeOf: (column: string) => ColumnType, spare: Buffer[]) {
    this.statement = `copy ${name} (${columns.map(column => `"${column}"`).join(', ')}) from stdin (format binary)`
    this.#blocks = new CopyBlocks(spare)
    this.#columns = columns.map(column => ({ name: column, write: writers[typeOf(column)] }))
  }

  /** Adds a row; how many bytes it takes. */
  add(row: Row): number {
    const blocks = this.#blocks
    const before = blocks.size
    if (before === 0) blocks.bytes(header)
    blocks.columns(this.#columns.length)
    for (const { name, write } of this.#columns) {
      const value = row[name]
      if (value === null || value === undefined) blocks.null()
      else write(blocks, value)
    }
    return blocks.size - before
  }

  /** Hands the rows over and starts anew; empty when there are none. */
  take(): Buffer[] {
    if (this.#blocks.size > 0) this.#blocks.bytes(trailer)
    return this.#blocks.take()
  }
}
