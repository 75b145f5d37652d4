/** A table to copy rows into, with the columns that are written. */
export interface CopyTable<Row> {
  name: string
  columns: readonly (keyof Row & string)[]
}

/** Rows of a table in the text format of COPY, gathered until they are sent. */
export class CopyRows<Row extends object> {
  readonly table: CopyTable<Row>
  #text = ''

  constructor(table: CopyTable<Row>) {
    this.table = table
  }

  /** About how many bytes are gathered. */
  get size(): number {
    return this.#text.length
  }

  add(row: Row): void {
    let line = ''
    for (const column of this.table.columns) line += `\t${copyText(row[column])}`
    this.#text += `${line.slice(1)}\n`
  }

  /** Hands the rows over and starts anew. */
  take(): Buffer {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    return bytes
  }
}

function copyText(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'string') return special.test(value) ? value.replace(allSpecial, escaped) : value
  if (typeof value === 'boolean') return value ? 't' : 'f'
  return String(value)
}

const special = /[\\\t\n\r]/
const allSpecial = /[\\\t\n\r]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escaped(character: string): string {
  return escapes[character] ?? character
}
