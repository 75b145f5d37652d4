import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook that arrived. */
export interface Received {
  path: string
  headers: Record<string, string>
  body: string
  /** Unix milliseconds. */
  at: number
}

export type Reply = (response: ServerResponse, received: Received, request: IncomingMessage) => void

/** Fails, and wants the same webhook again in an hour at the earliest. */
export const failForAnHour: Reply = response => {
  response.writeHead(500, { 'content-length': 0, 'retry-after': '3600' }).end()
}

/** Something that receives webhooks on the loopback. */
export interface Receiver extends AsyncDisposable {
  url: string
  received: Received[]
  /** TCP connections that were made to it. */
  connections: number
  /** How it answers from now on: a status, or whatever it does with the response. */
  answers: number | Reply
  /** Resolves when so many webhooks have arrived. */
  arrived(count: number, timeoutMs?: number): Promise<Received[]>
}

export async function openReceiver(answers: number | Reply = 204): Promise<Receiver> {
  const waiting = new Set<() => void>()
  const server = createServer({ keepAlive: true }, async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const received: Received = {
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
      at: Date.now(),
    }
    receiver.received.push(received)
    for (const wake of waiting) wake()
    const { answers } = receiver
    if (typeof answers === 'number') response.writeHead(answers, { 'content-length': 0 }).end()
    else answers(response, received, request)
  })
  server.on('connection', () => {
    receiver.connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    connections: 0,
    answers,
    arrived: (count, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(wake)
          reject(new Error(`${receiver.received.length} of ${count} webhooks arrived`))
        }, timeoutMs)
        const wake = () => {
          if (receiver.received.length < count) return
          clearTimeout(timer)
          waiting.delete(wake)
          resolve(receiver.received)
        }
        waiting.add(wake)
        wake()
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
  return receiver
}
