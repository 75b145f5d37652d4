import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const hook = join(import.meta.dirname, '../../src/cli/relative-imports.ts')

/** What a program prints that imports `./package/esm/index.js` behind the hook, with these files beside it. */
function run(files: Record<string, string>): unknown {
  const directory = mkdtempSync(join(tmpdir(), 'orders-gateway-imports-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const program = `import { resolveRelativeImportsAtOnce } from ${JSON.stringify(hook)}
resolveRelativeImportsAtOnce()
process.stdout.write(JSON.stringify((await import('./package/esm/index.js')).default))`
  for (const [file, text] of Object.entries({ ...files, 'main.mjs': program })) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  return JSON.parse(execFileSync(process.execPath, [join(directory, 'main.mjs')], { encoding: 'utf8', stdio: 'pipe' }))
}

test('each file has the format that its own package.json says, wherever it is imported from', () => {
  const files = {
    'package/package.json': '{ "type": "commonjs" }',
    'package/common.js': 'exports.name = require("./plain").name',
    'package/plain.js': 'exports.name = __filename.split("/").at(-1)',
    'package/esm/package.json': '{ "type": "module" }',
    'package/esm/index.js': `import common from '../common.js'
import { first } from './first.js'
import { second } from './deep/second.js'
export default [common.name, first, second]`,
    'package/esm/first.js': "import { third } from './deep/third.js'\nexport const first = ['first', third]",
    'package/esm/deep/second.js': "import { third } from './third.js'\nexport const second = ['second', third]",
    'package/esm/deep/third.js': "export const third = 'third'",
  }
  expect(run(files)).toEqual(['plain.js', ['first', 'third'], ['second', 'third']])
})

test('a file that is missing is named', () => {
  const files = {
    'package/package.json': '{ "type": "module" }',
    'package/esm/index.js': "export * from './first.js'\nimport './missing.js'\nexport default 1",
    'package/esm/first.js': 'export const first = 1',
  }
  expect(() => run(files)).toThrow(/missing\.js/)
})
