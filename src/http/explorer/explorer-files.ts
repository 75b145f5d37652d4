import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { ServedFile } from './served-file.ts'

const pageDir = join(import.meta.dirname, 'page')
const operationsDir = resolve(import.meta.dirname, '../../../schema/operations')

/** Below it lies what the page loads. */
export const filesPath = '/graphql/explorer/'

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Everything that the page is made of. */
export interface ExplorerFiles {
  /** What the page loads, by name. */
  served: ReadonlyMap<string, ServedFile>
  /** Where it loads that from: another path whenever one of the files is another. */
  base: string
  /** The page, with places for its settings and its base. */
  html: string
  /** What the story and the panel look up. */
  lookups: string
  /** The example operations by name. */
  operations: Record<string, string>
}

/** Reads it all: our own files, the example operations, and GraphiQL out of its package, which is 9 MB of JavaScript. */
export async function loadExplorerFiles(): Promise<ExplorerFiles> {
  const [page, examples, graphiql] = await Promise.all([
    readTexts(pageDir),
    readTexts(operationsDir),
    import('@graphql-yoga/render-graphiql/graphiql'),
  ])
  const texts = new Map([
    ...page,
    ['graphiql-bundle.js', graphiql.js],
    ['graphiql-bundle.css', graphiql.css],
    ['editor-worker.js', graphiql.editorWorkerService],
    ['json-worker.js', graphiql.jsonWorker],
    ['graphql-worker.js', graphiql.graphqlWorker],
  ])
  const served = new Map<string, ServedFile>()
  for (const [name, text] of texts) {
    const type = types[extname(name)]
    if (type !== undefined) served.set(name, new ServedFile(type, text))
  }
  const version = createHash('sha256')
  for (const [name, file] of served) version.update(`${name} ${file.hash}\n`)
  return {
    served,
    base: `${filesPath}${version.digest('base64url').slice(0, 16)}`,
    html: page.get('explorer.html') ?? '',
    lookups: page.get('panel.graphql') ?? '',
    operations: Object.fromEntries([...examples.values()].map(text => [operationName(text), text])),
  }
}

async function readTexts(directory: string): Promise<Map<string, string>> {
  const names = (await readdir(directory)).sort()
  return new Map(
    await Promise.all(names.map(async name => [name, await readFile(join(directory, name), 'utf8')] as const)),
  )
}

function operationName(text: string): string {
  return /^(?:query|mutation|subscription) (\w+)/m.exec(text)?.[1] ?? ''
}
