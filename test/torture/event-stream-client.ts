import { request } from 'node:http'
import type { Connection, ConnectionRequest } from './subscriber.ts'

/** One subscription over server-sent events. */
export function openEventStream({ url, key, query, after, onResult, onOpen }: ConnectionRequest): Connection {
  const { promise: ended, resolve } = Promise.withResolvers<Awaited<Connection['ended']>>()
  let isOver = false
  let unread = ''
  const end = (how: string) => {
    isOver = true
    resolve({ how })
  }
  const outgoing = request(url, {
    method: 'POST',
    agent: false,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${key}` },
  })
  outgoing.on('response', response => {
    if (response.statusCode !== 200) {
      end(`HTTP ${response.statusCode}`)
      response.destroy()
      return
    }
    onOpen?.()
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      const messages = (unread + chunk).split('\n\n')
      unread = messages.pop() ?? ''
      for (const message of messages) {
        // What was dropped is not read any more: the next connection gets it.
        if (isOver) return
        if (message.startsWith('event: complete')) end('complete')
        else if (message.includes('data: ')) onResult(message)
      }
    })
    response.on('error', () => {})
    response.on('close', () => end('stream closed'))
  })
  outgoing.on('error', error => {
    const code = 'code' in error ? String(error.code) : error.message
    end(code === 'ECONNREFUSED' ? 'refused' : code)
  })
  outgoing.end(JSON.stringify({ query, variables: { after } }))
  return {
    ended,
    pause: () => outgoing.socket?.pause(),
    resume: () => outgoing.socket?.resume(),
    drop() {
      if (isOver) return
      end('dropped')
      outgoing.destroy()
    },
  }
}
