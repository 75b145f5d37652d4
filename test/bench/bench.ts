import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchDatabase, openBenchDatabase } from './bench-database.ts'
import { type BenchOptions, readOptions } from './options.ts'
import { type Figures, ratiosOf, writeReport } from './report.ts'
import { writeRequestBodies } from './request-bodies.ts'
import { checkAnswers } from './same-answers.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { findTools, type Tools } from './tools.ts'
import { type Contender, middleOf, takeTurns } from './turns.ts'
import { compareWrites } from './writes.ts'

const say = (line: string) => void process.stderr.write(`${line}\n`)

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) return
  const tools = findTools(say)
  await using parts = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'orders-gateway-bench-'))
  parts.defer(() => rm(directory, { recursive: true, force: true }))
  const dataDir = options.data ?? join(directory, 'data')
  const database = parts.use(await openBenchDatabase(dataDir, options.orders, say))
  const figures = await measure(database, options, tools, directory)
  const ratios = Object.fromEntries(ratiosOf(figures).map(({ what, ratio }) => [what, ratio]))
  if (!options.json) process.stdout.write(`${writeReport(figures)}\n`)
  process.stdout.write(`${JSON.stringify({ orders: options.orders, ...figures, ratios })}\n`)
}

async function measure(
  database: BenchDatabase,
  options: BenchOptions,
  tools: Tools,
  directory: string,
): Promise<Figures> {
  await using parts = new AsyncDisposableStack()
  const { url, workspaceId, key, postmaster } = database
  const start = async (name: string, args: string[], env: Record<string, string> = {}) =>
    parts.use(await startServer(name, args, env, directory))
  const peer = (name: string) =>
    start(name, [`test/bench/${name}.ts`], { BENCH_DATABASE_URL: url, BENCH_WORKSPACE_ID: workspaceId })
  const gateway = await start('gateway', ['src/main.ts', 'start', '--json'], { DATABASE_URL: url, PORT: '0' })
  const [ceiling, postgraphile, hello] = [await peer('ceiling'), await peer('postgraphile'), await peer('hello')]
  const bodies = await writeRequestBodies(database, postgraphile.url, directory)
  const { deepPageBytes } = await checkAnswers({ ...gateway, key }, ceiling, postgraphile, bodies)

  const contender = ({ name, url, pid }: ServerProcess, file: string): Contender => {
    return { name, url, pid, bodies: file, key: name === 'gateway' ? key : undefined }
  }
  const deep = {
    gateway: contender(gateway, bodies.deepPage),
    ceiling: contender(ceiling, bodies.deepPage),
    postgraphile: contender(postgraphile, bodies.postgraphileDeepPage),
  }
  const one = {
    gateway: contender(gateway, bodies.oneOrder),
    ceiling: contender(ceiling, bodies.oneOrder),
    postgraphile: contender(postgraphile, bodies.postgraphileOneOrder),
    hello: contender(hello, bodies.hello),
  }
  const { wrk } = tools
  const { rounds, seconds, connections } = options
  const all = [...Object.values(deep), ...Object.values(one)]
  const turns = await takeTurns(all, { wrk, rounds, seconds, connections, postmaster, say })
  const middle = (of: Contender) => middleOf(turns.get(of) ?? [])
  const writer = contender(gateway, bodies.createOrder)
  return {
    deepPage: {
      gateway: middle(deep.gateway),
      ceiling: middle(deep.ceiling),
      postgraphile: middle(deep.postgraphile),
    },
    oneOrder: {
      gateway: middle(one.gateway),
      ceiling: middle(one.ceiling),
      postgraphile: middle(one.postgraphile),
      hello: middle(one.hello),
    },
    deepPageBytes,
    writes:
      tools.pgbench === undefined
        ? undefined
        : await compareWrites(database, writer, { wrk, pgbench: tools.pgbench, directory, rounds, seconds, say }),
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
})
