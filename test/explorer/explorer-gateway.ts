import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { fillDemo } from '../../src/demo/fill-demo.ts'
import { createExplorer } from '../../src/http/explorer/explorer.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'

/** A gateway with the demo data and the page, behind a front that a test can cut off. */
export interface ExplorerGateway extends AsyncDisposable {
  origin: string
  /** Past the front. */
  gateway: Gateway
  key: string
  /** Breaks all connections, and refuses new ones until the function that it returns is called. */
  cut(): () => void
}

export async function startExplorerGateway({ showKey = true } = {}): Promise<ExplorerGateway> {
  await using parts = new AsyncDisposableStack()
  const gateway = parts.use(await startGateway())
  const { key } = await gateway.createKey({ subdomain: 'demo' })
  await using keys = new KeyRing(gateway.databases)
  const actor = await keys.authenticate(key)
  if (actor === undefined) throw new Error('the key is not known')
  await fillDemo({ db: gateway.databases.db, actor, committed: workspaceId => gateway.feed.wake(workspaceId) })

  const explorer = createExplorer({ bind: '127.0.0.1', demoKey: async () => (showKey ? key : undefined) })
  let isCut = false
  const front = createServer((request, response) => {
    const { url = '', method, headers } = request
    if (isCut) return void response.destroy()
    const isPage = method === 'GET' && headers.accept?.includes('text/html')
    if (isPage || url.startsWith('/graphql/explorer/')) return explorer(request, response)
    const onward = send(gateway.origin + url, { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  parts.defer(() => {
    front.closeAllConnections()
    front.close()
  })
  const owned = parts.move()
  return {
    origin: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    gateway,
    key,
    cut() {
      isCut = true
      front.closeAllConnections()
      return () => {
        isCut = false
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
