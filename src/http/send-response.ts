import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/**
 * Writes a fetch response. A stream is read only as fast as the client reads; when the client goes away its source is
 * ended, also while it has nothing to say. `stalledMs`: after so long without reading, a client is gone.
 */
export async function sendResponse(from: Response, to: ServerResponse, stalledMs: number): Promise<void> {
  if (to.destroyed) {
    await from.body?.cancel()
    return
  }
  to.statusCode = from.status
  from.headers.forEach((value, name) => {
    to.setHeader(name, value)
  })
  if (from.headers.get('content-type')?.startsWith('application/')) to.end(await from.text())
  else if (from.body === null) to.end()
  else await sendStream(from.body, to, stalledMs)
}

async function sendStream(body: ReadableStream<Uint8Array>, to: ServerResponse, stalledMs: number): Promise<void> {
  const closed = new AbortController()
  to.once('close', () => {
    closed.abort()
    body.cancel().catch(() => {})
  })
  // What is written to a client that has just gone.
  to.on('error', () => {})
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || to.writableEnded || to.destroyed) break
      if (!to.write(value)) await drained(to, closed.signal, stalledMs)
    }
  } catch {
    // The source failed or the client is gone; either way the stream ends here.
  }
  to.end()
}

async function drained(to: ServerResponse, closed: AbortSignal, stalledMs: number): Promise<void> {
  const timer = setTimeout(() => to.destroy(), stalledMs)
  try {
    await once(to, 'drain', { signal: closed })
  } finally {
    clearTimeout(timer)
  }
}
