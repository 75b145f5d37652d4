import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

// Upper layers may import lower ones and their own; never the other way round.
const layers = [
  ['main', 'after-install', 'app', 'schema', 'cli', 'demo', 'http', 'seed'],
  ['webhooks'],
  ['invoices'],
  ['orders'],
  ['contacts', 'catalog'],
  ['workspaces', 'api-keys'],
  ['idempotency', 'events', 'jobs', 'graphql'],
  ['database', 'shared', 'config'],
]

const files = globSync('src/**/*.ts').map(file => file.replaceAll('\\', '/'))

function areaOf(file: string): string {
  const [, area = ''] = file.split('/')
  return area.replace(/\.ts$/, '')
}

function layerOf(file: string): number {
  return layers.findIndex(layer => layer.includes(areaOf(file)))
}

function importsOf(file: string): { from: string; isTypeOnly: boolean }[] {
  const imports = [...readFileSync(file, 'utf8').matchAll(/^(import|export)\b([^'"]*?)['"](\.[^'"]+)['"]/gms)]
  return imports.map(([, , what = '', path = '']) => ({
    from: relative('.', join(dirname(file), path)).replaceAll('\\', '/'),
    isTypeOnly: what.trimStart().startsWith('type '),
  }))
}

test('every folder has its layer', () => {
  expect(files.filter(file => layerOf(file) === -1)).toEqual([])
})

test('imports go down only', () => {
  const upward = files.flatMap(file =>
    importsOf(file)
      .filter(({ from }) => layerOf(from) < layerOf(file))
      // The generated table types name the nouns' unions.
      .filter(({ isTypeOnly }) => !(isTypeOnly && file === 'src/database/tables.ts'))
      .map(({ from }) => `${file} -> ${from}`),
  )
  expect(upward).toEqual([])
})

test('nouns, stores and commands know nothing of GraphQL', () => {
  const isGraphQL = (file: string) => /^src\/(graphql|http|schema)|-(schema|refs|enums)\.ts$/.test(file)
  const domain = files.filter(file => layerOf(file) >= 1 && areaOf(file) !== 'graphql' && !isGraphQL(file))
  const leaks = domain.flatMap(file =>
    importsOf(file)
      .filter(({ from }) => isGraphQL(from))
      .map(({ from }) => `${file} -> ${from}`),
  )
  expect(leaks).toEqual([])
})

test('only the configuration reads the environment, and the options that say which variable they can be told by', () => {
  const readers = files.filter(file => /(?<!readConfig\()process\.env/.test(readFileSync(file, 'utf8')))
  expect(readers.filter(file => !file.endsWith('src/cli/arguments.ts'))).toEqual([])
})
