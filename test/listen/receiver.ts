import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request that a receiver got. */
export interface Received {
  headers: Record<string, string>
  body: string
  payload: { event_id: string; event_type: string; data: Record<string, unknown> }
}

/** Somebody's local endpoint. */
export interface Receiver extends AsyncDisposable {
  url: string
  port: number
  received: Received[]
  /** The event ids, as they came. */
  ids(): string[]
}

/** Listens on the loopback, on a port of its own unless given; `answer` is the status of each answer, 200 unless given. */
export async function startReceiver({
  port = 0,
  answer = () => 200,
}: {
  port?: number
  answer?: (received: Received) => number
} = {}): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const one = { headers: plain(request.headers), body, payload: JSON.parse(body) }
    received.push(one)
    response.writeHead(answer(one)).end('ok')
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}/hook?from=test`,
    port: taken,
    received,
    ids: () => received.map(({ payload }) => payload.event_id),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
