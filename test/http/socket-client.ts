import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type ClientOptions, WebSocket } from 'ws'
import { secret, type TestGateway } from './test-gateway.ts'

// biome-ignore lint/suspicious/noExplicitAny: a message is whatever the test says it is
export type Message = any

/** A client that speaks graphql-transport-ws by hand. */
export interface SocketClient {
  socket: WebSocket
  /** What has come and was not taken yet; what belongs to a `run` is not among it. */
  messages: Message[]
  /** The next message. */
  next(): Promise<Message>
  send(message: unknown): void
  /** Sends several in one packet. */
  sendAtOnce(messages: readonly unknown[]): void
  /** Sends one operation and gives what comes back until it is complete. */
  run(query: string, variables?: unknown, more?: object): Promise<Message[]>
  /** When the server has closed the socket: how. */
  closed: Promise<{ code: number; reason: string }>
}

/** Opens a socket; nothing is sent on it yet. */
export async function openSocket(gateway: TestGateway, options: ClientOptions = {}): Promise<SocketClient> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options)
  const messages: Message[] = []
  const running = new Map<string, (message: Message) => void>()
  const waiting: ((message: Message) => void)[] = []
  socket.on('message', data => {
    const message = JSON.parse(String(data))
    const taker = running.get(message.id) ?? waiting.shift()
    if (taker === undefined) messages.push(message)
    else taker(message)
  })
  const closed = new Promise<{ code: number; reason: string }>(resolve => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  let stream: Socket | undefined
  socket.once('upgrade', response => {
    stream = response.socket
  })
  await once(socket, 'open')
  socket.on('error', () => {})
  let ids = 0
  const client: SocketClient = {
    socket,
    messages,
    closed,
    next: () => {
      const message = messages.shift()
      return message === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(message)
    },
    send: message => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    sendAtOnce(messages) {
      stream?.cork()
      for (const message of messages) client.send(message)
      stream?.uncork()
    },
    run(query, variables, more = {}) {
      ids += 1
      const id = `op-${ids}`
      client.send({ type: 'subscribe', id, payload: { query, variables, ...more } })
      const got: Message[] = []
      return new Promise(resolve => {
        running.set(id, message => {
          got.push(message)
          if (message.type !== 'complete' && message.type !== 'error') return
          running.delete(id)
          resolve(got)
        })
      })
    },
  }
  return client
}

/** Opens a socket and authenticates. */
export async function connect(gateway: TestGateway, key = secret, options: ClientOptions = {}): Promise<SocketClient> {
  const client = await openSocket(gateway, options)
  client.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } })
  const acknowledged = await client.next()
  if (acknowledged.type !== 'connection_ack') throw new Error(`not acknowledged: ${JSON.stringify(acknowledged)}`)
  return client
}
