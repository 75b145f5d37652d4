import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { clientAddress } from './client-address.ts'
import { mayOpenSocket } from './cors.ts'
import type { Gateway } from './gateway.ts'
import { requestIdOf } from './request-id.ts'
import { socketProtocol } from './socket-protocol.ts'
import { closeCodes, SocketSession } from './socket-session.ts'

/** The largest message that a client may send, in bytes (api.md). */
export const maxMessageBytes = 64 * 1024

// Sockets that have not authenticated, all together: each has three seconds for it.
const maxStrangers = 1_000

/** WebSockets at `/graphql`. */
export class SocketServer {
  readonly #gateway: Gateway
  readonly #sockets: WebSocketServer
  // Sockets that may not have said yet who they are.
  readonly #strangers = new Set<SocketSession>()

  constructor(gateway: Gateway) {
    this.#gateway = gateway
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols,
    })
    const protocol = socketProtocol(gateway)
    this.#sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      const client = clientAddress(request, gateway.config.trustProxy)
      const session = new SocketSession(socket, request.socket, requestIdOf(request.headers['x-request-id']), client)
      this.#strangers.add(session)
      const watch = session.watch(gateway.timings)
      const closed = protocol.opened(
        {
          protocol: socket.protocol,
          send: text => session.send(text),
          close: (code = closeCodes.internalError, reason = '') => session.close(code, reason),
          onMessage: handle =>
            socket.on('message', (data: Buffer, isBinary) => this.#take(session, data, isBinary, handle)),
        },
        session,
      )
      // ws closes the socket itself, for example with 1009 after a message that is too large.
      socket.on('error', () => {})
      socket.once('close', (code, reason) => {
        clearInterval(watch)
        this.#strangers.delete(session)
        closed(code, String(reason)).catch(error => gateway.operationLog.unexpected(session.requestId, error))
      })
    })
  }

  async #take(
    session: SocketSession,
    data: Buffer,
    isBinary: boolean,
    handle: (text: string) => Promise<void>,
  ): Promise<void> {
    try {
      await session.receive(data, isBinary, handle)
    } catch (error) {
      this.#gateway.operationLog.unexpected(session.requestId, error)
      session.close(closeCodes.internalError, 'Internal server error')
    }
  }

  /** Takes an HTTP upgrade, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = request.url?.split('?', 1)[0]
    if (path !== '/graphql') refuseUpgrade(socket, 404)
    else if (!mayOpenSocket(request, this.#gateway.config)) refuseUpgrade(socket, 403)
    else if (this.#gateway.isStopping() || this.#isFull()) refuseUpgrade(socket, 503)
    else this.#sockets.handleUpgrade(request, socket, head, client => this.#sockets.emit('connection', client, request))
  }

  #isFull(): boolean {
    if (this.#strangers.size < maxStrangers) return false
    for (const session of this.#strangers) if (session.live !== undefined) this.#strangers.delete(session)
    return this.#strangers.size >= maxStrangers
  }

  /** Closes the sockets that have not said who they are; the others are live sessions. */
  stop(): void {
    for (const session of this.#strangers) if (session.live === undefined) void session.stop()
  }

  /** Cuts off whoever is still there. */
  terminate(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
