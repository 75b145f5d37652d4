import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

// Read as text: types are gone when the tests run. A table that a migration adds is walled with the next generation.
const source = readFileSync(resolve(import.meta.dirname, '../../src/database/tables.ts'), 'utf8')
const members = /^export interface DB \{\n(.*?)^\}/ms.exec(source)?.[1] ?? ''

/** Every table of the database. */
export const tables = [...members.matchAll(/^ {2}(\w+):/gm)].map(match => match[1] ?? '')

const name = (of: readonly string[]) => `"?(${of.join('|')})"?(?!["\\w.])`
const walled = name(tables.filter(table => table !== 'workspaces'))

const read = new RegExp(`\\b(?:from|join|update|using)\\s+(?:only\\s+)?${walled}`, 'gi')
const inserted = new RegExp(`\\binsert\\s+into\\s+${walled}\\s*(\\([^)]*\\))?`, 'gi')
const workspaces = new RegExp(`\\b(?:from|join|update|using)\\s+(?:only\\s+)?${name(['workspaces'])}`, 'gi')
const written = /\bset\b.*?(?=\bwhere\b|$)/gis
const comparison = /\bworkspace_id"?\s*=\s*/gi
const ownId = /(?<![\w"])"?(?:workspaces"?\."?)?id"?\s*=\s*/gi

/**
 * The tables of a statement that may be open to other workspaces: those it reads, changes or deletes from beyond the
 * comparisons of a `workspace_id` it has, one for each mention, and those it inserts into without that column. A
 * workspace itself is told by its id.
 */
export function openTables(statement: string): string[] {
  // What an update writes is no comparison.
  const conditions = /^\s*update\b/i.test(statement) ? statement.replace(written, ' ') : statement
  const reads = [...statement.matchAll(read)].map(match => match[1] ?? '')
  const comparisons = conditions.match(comparison)?.length ?? 0
  const inserts = [...statement.matchAll(inserted)].filter(match => !/\bworkspace_id\b/.test(match[2] ?? ''))
  const own = [...statement.matchAll(workspaces)].length > (conditions.match(ownId)?.length ?? 0)
  return [
    ...(reads.length > comparisons ? reads : []),
    ...inserts.map(match => match[1] ?? ''),
    ...(own ? ['workspaces'] : []),
  ]
}
