import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Operations } from '../graphql/operations.ts'
import { crossOrigin } from './cors.ts'
import { filesPath } from './explorer/explorer-files.ts'
import { defaultTimings, type Gateway, type ServerParts, type Timings } from './gateway.ts'
import { graphqlEndpoint } from './graphql-endpoint.ts'
import { Health } from './health.ts'
import { LiveSessions } from './live-sessions.ts'
import { OperationLog } from './operation-log.ts'
import type { SocketServer } from './socket-server.ts'
import { stopServer } from './stop-server.ts'
import { StreamGroups } from './streams/stream-groups.ts'

export type { ServerParts, Timings } from './gateway.ts'

/** A server that listens; disposing of it finishes what is in flight and closes the rest, within ten seconds. */
export interface GatewayServer extends AsyncDisposable {
  /** Where it can be reached from this machine, such as `http://127.0.0.1:4000`. */
  url: string
  port: number
}

const maxConnections = 16_000

/** Starts the server: GraphQL over HTTP, event streams and WebSockets, the page for people, health; one port. */
export async function startServer(parts: ServerParts, timings: Timings = defaultTimings): Promise<GatewayServer> {
  let isStopping = false
  const operationLog = new OperationLog(parts.log)
  const sessions = new LiveSessions(timings.recheckMs, error => operationLog.unexpected('recheck', error))
  const streamGroups = new StreamGroups(timings.heartbeatMs)
  const gateway: Gateway = {
    ...parts,
    operations: new Operations(parts.schema),
    sessions,
    streamGroups,
    operationLog,
    timings,
    isStopping: () => isStopping,
  }
  const server = createHttpServer(router(gateway))
  // Loaded when the first of them comes: a start does without.
  let sockets: Promise<SocketServer> | undefined
  server.on('upgrade', (request, socket, head) => {
    // Nobody else listens to it until it is taken.
    socket.on('error', () => {})
    sockets ??= import('./socket-server.ts').then(({ SocketServer }) => new SocketServer(gateway))
    sockets
      .then(taking => taking.upgrade(request, socket, head))
      .catch(error => {
        operationLog.unexpected('upgrade', error)
        socket.destroy()
      })
  })
  server.listen(parts.config.port, parts.config.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: urlOf(parts.config.host, port),
    port,
    async [Symbol.asyncDispose]() {
      if (isStopping) return
      isStopping = true
      await stopServer(server, await sockets?.catch(() => undefined), sessions, timings.stopMs)
      sessions[Symbol.dispose]()
      streamGroups[Symbol.dispose]()
    },
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

function createHttpServer(listener: Listener): Server {
  const isForSocket = ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket'
  // Clients that offer HTTP/2 on the side get their answer in HTTP/1.
  const server = createServer({ connectionsCheckingInterval: 5_000, shouldUpgradeCallback: isForSocket }, listener)
  // Slow clients must not hold connections: Node's own limits are one minute and five.
  server.headersTimeout = 10_000
  server.requestTimeout = 15_000
  server.keepAliveTimeout = 30_000
  server.maxConnections = maxConnections
  return server
}

function router(gateway: Gateway): Listener {
  const answersCors = crossOrigin(gateway.config.corsOrigins)
  const graphql = graphqlEndpoint(gateway)
  const health = new Health(gateway)
  return (request, response) => {
    if (gateway.isStopping()) response.setHeader('connection', 'close')
    const url = request.url ?? ''
    const end = url.indexOf('?')
    switch (end === -1 ? url : url.slice(0, end)) {
      case '/graphql':
        if (!answersCors(request, response)) void graphql(request, response)
        return
      case '/health/live':
        return health.live(request, response)
      case '/health/ready':
        return void health.ready(request, response)
      default:
        if (gateway.explorer !== undefined && url.startsWith(filesPath)) return gateway.explorer(request, response)
        response.writeHead(404, { 'content-length': 0 }).end()
    }
  }
}

// Nothing can be opened at an address that stands for all of them.
const loopbackOf: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

function urlOf(bind: string, port: number): string {
  const host = loopbackOf[bind] ?? bind
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
