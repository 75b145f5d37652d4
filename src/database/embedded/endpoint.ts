import { chown, lstat, mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ClusterPlace } from './cluster-place.ts'
import { pathKey } from './cluster-place.ts'
import { errorCode } from './embedded-error.ts'
import type { ServerUser } from './server-user.ts'
import { fileOwner } from './server-user.ts'

/** Where the server listens: `host` is the absolute directory of its socket, or a loopback address. */
export interface Endpoint {
  host: string
  port: number
}

/** The role that owns the database, and the database's name. */
export const OWNER = 'orders_gateway'

// Only a part of the socket's name; not the usual one, so that nothing can be taken for another PostgreSQL.
const SOCKET_PORT = 54329
const LOOPBACK = '127.0.0.1'
// sun_path with its closing zero: 108 bytes on Linux, 104 on the others.
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103

/** Endpoints to try one after the other: the socket where the system has them, then free loopback ports. */
export async function* endpoints(place: ClusterPlace): AsyncGenerator<Endpoint> {
  const directory = await socketDirectory(place)
  if (directory !== undefined) yield { host: directory, port: SOCKET_PORT }
  for (let attempt = 0; attempt < 3; attempt++) yield { host: LOOPBACK, port: await freePort() }
}

/** The connection string for the owner of the database; understood by `pg` and by libpq. */
export function connectionString({ host, port }: Endpoint, password: string): string {
  if (!isSocket(host)) return `postgresql://${OWNER}:${password}@${host}:${port}/${OWNER}`
  return `postgresql://${OWNER}:${password}@/${OWNER}?host=${encodeURIComponent(host)}&port=${port}`
}

/** Whether a host is the directory of a Unix socket. */
export function isSocket(host: string): boolean {
  return host.startsWith('/')
}

/** Names of the files that PostgreSQL makes for a socket: the socket and its lock. */
export function socketFiles(directory: string): string[] {
  const socket = join(directory, `.s.PGSQL.${SOCKET_PORT}`)
  return [socket, `${socket}.lock`]
}

/** A directory that only the server's user can enter and whose sockets have names short enough; undefined where there is none. */
async function socketDirectory({ clusterDir, user }: ClusterPlace): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined
  const [socket = ''] = socketFiles(clusterDir)
  if (Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return clusterDir
  return shortDirectory(`/tmp/orders-gateway-${pathKey(clusterDir)}`, user)
}

/** Creates the directory with mode 700 for the server's user; undefined when somebody else has put something there. */
export async function shortDirectory(directory: string, user: ServerUser | undefined): Promise<string | undefined> {
  try {
    await mkdir(directory, { mode: 0o700 })
    if (user) await chown(directory, fileOwner(user.uid), fileOwner(user.gid))
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return undefined
  }
  const owner = user ? fileOwner(user.uid) : process.getuid?.()
  const found = await lstat(directory)
  return found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0 ? directory : undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, LOOPBACK, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
