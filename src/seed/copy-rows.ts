/** A table to copy rows into, with the columns that are written. */
export interface CopyTable<Row> {
  name: string
  columns: readonly (keyof Row & string)[]
}

/** Rows of a table in the text format of COPY, gathered until they are sent. */
export class CopyRows<Row extends object> {
  readonly table: CopyTable<Row>
  /** About how many bytes are gathered. */
  size = 0
  #text = ''
  #chunks: Buffer[] = []

  constructor(table: CopyTable<Row>) {
    this.table = table
  }

  add(row: Row): void {
    let line = ''
    // The first column has no tab before it.
    let start = 1
    for (const column of this.table.columns) {
      const value: unknown = row[column]
      if (typeof value === 'object' && value instanceof Uint8Array) {
        this.#addBytes(`${line}\t`.slice(start), value)
        line = ''
        start = 0
      } else line += `\t${copyText(value)}`
    }
    this.size += line.length
    this.#text += `${line.slice(start)}\n`
  }

  /** Hands the rows over and starts anew. */
  take(): Buffer {
    const bytes = Buffer.concat([...this.#chunks, Buffer.from(this.#text)])
    this.#chunks = []
    this.#text = ''
    this.size = 0
    return bytes
  }

  #addBytes(before: string, bytes: Uint8Array): void {
    this.#chunks.push(Buffer.from(this.#text + before), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    this.#text = ''
    this.size += before.length + bytes.length
  }
}

/** A text as rows hold it: worth it for one that many rows share. */
export function copyBytes(text: string): Uint8Array {
  return Buffer.from(copyText(text))
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
