import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a server of the benchmark is started with. */
export interface BenchEnvironment {
  databaseUrl: string
  workspaceId: string
}

/** Reads what {@link import('./server-process.ts').startServer} has given. */
export function benchEnvironment(): BenchEnvironment {
  const { BENCH_DATABASE_URL: databaseUrl, BENCH_WORKSPACE_ID: workspaceId } = process.env
  if (databaseUrl === undefined || workspaceId === undefined) throw new Error('started by bench.ts only')
  return { databaseUrl, workspaceId }
}

/** Listens on a free port and prints the address as JSON, which the benchmark waits for. */
export function reportListening(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/graphql` })}\n`)
  })
}
