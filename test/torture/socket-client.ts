import { WebSocket } from 'ws'
import type { Connection, ConnectionRequest } from './subscriber.ts'

const ackMs = 10_000

/** One subscription over a WebSocket of its own. */
export function openSocket({ url, key, query, after, onResult, onOpen }: ConnectionRequest): Connection {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { perMessageDeflate: false })
  const { promise: ended, resolve } = Promise.withResolvers<Awaited<Connection['ended']>>()
  let isOver = false
  const end = (how: string, cursor?: string) => {
    isOver = true
    clearTimeout(impatience)
    resolve({ how, cursor })
  }
  const impatience = setTimeout(() => {
    end('no connection_ack')
    socket.terminate()
  }, ackMs)
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }))
  })
  socket.on('message', (data: Buffer) => {
    // What was dropped is not read any more: the next connection gets it.
    if (isOver) return
    const text = data.toString('utf8')
    if (text.startsWith('{"id":"1","type":"next"') || text.startsWith('{"id":"1","type":"error"')) onResult(text)
    else if (text.startsWith('{"type":"connection_ack"')) {
      clearTimeout(impatience)
      onOpen?.()
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { after } } }))
    } else if (text.includes('"type":"ping"')) socket.send('{"type":"pong"}')
  })
  socket.on('unexpected-response', (_request, response) => {
    end(`HTTP ${response.statusCode}`)
    socket.terminate()
  })
  socket.on('error', error => {
    if ('code' in error && error.code === 'ECONNREFUSED') end('refused')
  })
  socket.on('close', (code, reason) => end(String(code), cursorIn(String(reason))))
  return {
    ended,
    pause: () => socket.readyState === socket.OPEN && socket.pause(),
    resume: () => socket.resume(),
    drop() {
      if (isOver) return
      end('dropped')
      socket.terminate()
    },
  }
}

function cursorIn(reason: string): string | undefined {
  return /^(?:lagging|Going away) (\S+)$/.exec(reason)?.[1]
}
