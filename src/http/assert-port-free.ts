import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../config.ts'
import { asListenError } from './listen-error.ts'

/** Throws ListenError when a server could not listen there. Any port is free of itself: 0 is not tried. */
export async function assertPortFree(place: Pick<Config, 'host' | 'port'>): Promise<void> {
  if (place.port === 0) return
  // Clients of a gateway that was here may be trying to come back.
  const server = createServer(socket => socket.destroy())
  try {
    server.listen(place.port, place.host)
    await once(server, 'listening')
  } catch (error) {
    throw asListenError(error, place)
  }
  server.close()
  await once(server, 'close')
}
