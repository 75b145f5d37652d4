import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveSessions } from './live-sessions.ts'
import type { SocketServer } from './socket-server.ts'

const lookEveryMs = 50

/** Takes nothing new, finishes what is in flight, closes sockets and streams; what is left after `stopMs` is cut off. */
export async function stopServer(
  server: Server,
  sockets: SocketServer | undefined,
  sessions: LiveSessions,
  stopMs: number,
): Promise<void> {
  const deadline = performance.now() + stopMs
  let isClosed = false
  server.close(() => {
    isClosed = true
  })
  sessions.stop()
  sockets?.stop()
  while (!isClosed && performance.now() < deadline) {
    // Connections that a client keeps for its next request.
    server.closeIdleConnections()
    await sleep(lookEveryMs)
  }
  sockets?.terminate()
  server.closeAllConnections()
}
