/** A table to copy rows into, with the columns that are written. */
export interface CopyTable<Row> {
  name: string
  columns: readonly (keyof Row & string)[]
}

/** Rows of a table in a format of COPY, gathered until they are sent. */
export interface CopyRows<Row> {
  /** The COPY that takes them. */
  readonly statement: string
  /** Adds a row; about how many bytes it takes. */
  add(row: Row): number
  /** Hands the rows over and starts anew; undefined when there are none. */
  take(): Buffer | undefined
}

/** Rows in the text format of COPY. */
export class TextRows<Row extends object> implements CopyRows<Row> {
  readonly statement: string
  readonly #columns: readonly (keyof Row & string)[]
  #text = ''

  constructor({ name, columns }: CopyTable<Row>) {
    this.statement = `copy ${name} (${columns.map(column => `"${column}"`).join(', ')}) from stdin`
    this.#columns = columns
  }

  add(row: Row): number {
    let line = ''
    for (const column of this.#columns) line += `\t${copyText(row[column])}`
    this.#text += `${line.slice(1)}\n`
    return line.length
  }

  take(): Buffer | undefined {
    const text = this.#text
    this.#text = ''
    return text === '' ? undefined : Buffer.from(text)
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
