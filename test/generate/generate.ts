import { writeFileSync } from 'node:fs'
import { generateTables } from './tables.ts'

writeFileSync('src/database/tables.ts', await generateTables(process.argv[2] ?? ''))
