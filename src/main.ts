#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { resolve } from 'node:path'

// Most of the time to start goes into compiling; where the directory can't be written it is simply slower. npm's scripts name
// the same directory, so that this file comes out of it too, and nothing of TypeScript has to be loaded.
enableCompileCache(resolve(import.meta.dirname, '../node_modules/.cache/orders-gateway'))

const { resolveRelativeImportsAtOnce } = await import('./cli/relative-imports.ts')
resolveRelativeImportsAtOnce()
const { runCommandLine } = await import('./cli/run-command-line.ts')
await runCommandLine(process.argv.slice(2))
