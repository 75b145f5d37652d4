import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createExplorer, type ExplorerOptions } from '../../src/http/explorer/explorer.ts'

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** The explorer alone behind a server; `get` sends exactly the headers it is given. */
export interface BareExplorer extends AsyncDisposable {
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Answer>
}

export async function startBareExplorer(options: Partial<ExplorerOptions> = {}): Promise<BareExplorer> {
  const server = createServer(createExplorer({ bind: '127.0.0.1', ...options }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    async get(path, headers = {}, method = 'GET') {
      const outgoing = send({ host: '127.0.0.1', port, path, method, headers, agent: false })
      outgoing.end()
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
      return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) }
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
