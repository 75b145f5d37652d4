import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { withMigratedDatabase } from './migrated-database.ts'
import { generateTables } from './tables.ts'
import { withVariableTable } from './variable-table.ts'

// Writes what is generated, or with --check fails when it is stale. A URL names a migrated database to use.
const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true })

function settle(file: string, text: string): void {
  if (!values.check) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is stale: run npm run generate\n`)
    process.exitCode = 1
  }
}

const [url] = positionals
settle('src/database/tables.ts', await (url === undefined ? withMigratedDatabase(generateTables) : generateTables(url)))
if (existsSync('README.md')) settle('README.md', withVariableTable(readFileSync('README.md', 'utf8')))
