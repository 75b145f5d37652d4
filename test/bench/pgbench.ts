import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RecordedStatement } from './recorded-transactions.ts'

// What each transaction gets from its own statements, as the command does: pgbench's variables.
const given: Record<string, string> = {
  'order_line_items.order_id': ':order_id',
  'order_status_changes.order_id': ':order_id',
  'orders.number': ':counter_last_order_number',
  'orders.id': ':order_id',
  'events.subject_id': ':order_id',
  'events.sequence': ':counter_last_sequence',
}

// Which statements answer what is needed later, and under which prefix.
const answers: [RegExp, string][] = [
  [/^insert into "orders"/, 'order_'],
  [/^update "workspace_counters"/, 'counter_'],
]

/** Writes scripts of pgbench with the statements of recorded transactions; returns the files. */
export async function writeScripts(
  transactions: readonly (readonly RecordedStatement[])[],
  directory: string,
): Promise<string[]> {
  return Promise.all(
    transactions.map(async (statements, index) => {
      const file = join(directory, `transaction-${index}.sql`)
      await writeFile(file, ['begin;', ...statements.map(line), 'commit;', ''].join('\n'))
      return file
    }),
  )
}

function line({ text, values }: RecordedStatement): string {
  const columns = columnsOf(text)
  const filled = text.replaceAll(/\$(\d+)/g, (_, number) => {
    return given[columns.get(Number(number)) ?? ''] ?? literal(values[Number(number) - 1])
  })
  const prefix = answers.find(([pattern]) => pattern.test(text))?.[1]
  return prefix === undefined ? `${filled};` : `${filled} \\gset ${prefix}`
}

// The columns, with their tables, that the parameters of inserts and updates stand for; a statement can hold several.
function columnsOf(text: string): Map<number, string> {
  const columns = new Map<number, string>()
  for (const part of text.split(/(?=insert into "|update ")/)) {
    const [, table, list] = /^(?:insert into|update) "(\w+)"(?: \(([^)]*)\))?/.exec(part) ?? []
    if (table === undefined) continue
    const listed = list?.match(/\w+/g) ?? []
    const cells =
      list === undefined ? [] : [...part.slice(part.indexOf(' values ')).matchAll(/\$(\d+)|clock_timestamp\(\)/g)]
    for (const [index, [, number]] of cells.entries()) {
      columns.set(Number(number), `${table}.${listed[index % listed.length]}`)
    }
    for (const [, column, number] of part.matchAll(/"(\w+)" = \$(\d+)/g))
      columns.set(Number(number), `${table}.${column}`)
  }
  return columns
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `'{${value.join()}}'`
  return `'${String(value).replaceAll("'", "''")}'`
}

/** Runs the scripts, one at random for each transaction. Returns transactions per second. */
export async function pgbench(
  file: string,
  url: string,
  scripts: readonly string[],
  { clients, seconds }: { clients: number; seconds: number },
): Promise<number> {
  const files = scripts.flatMap(script => ['--file', script])
  const shape = ['--no-vacuum', '--client', `${clients}`, '--jobs', '1', '--time', `${seconds}`]
  const { stdout, stderr } = await promisify(execFile)(file, [...shape, ...files, url], { maxBuffer: 1 << 26 })
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
  const failed = /number of failed transactions: ([1-9]\d*)/.exec(stdout)
  if (!(perSecond > 0) || failed !== null) throw new Error(`pgbench failed:\n${stderr}${stdout}`)
  return perSecond
}
