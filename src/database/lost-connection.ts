import pg from 'pg'

// Classes of PostgreSQL's own: connection exceptions, and a server that is stopping, has crashed or is starting.
const serverSays = /^(?:08|57P0[123])/
const systemSays = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
// What pg says without a code.
const clientSays =
  /^(?:Connection terminated|timeout expired$|Client (?:was closed|has encountered a connection error) and is not queryable)/

/** Whether a statement failed because the database could not be reached, or went away under it. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (error instanceof pg.DatabaseError) return serverSays.test(code ?? '')
  if (code === undefined) return clientSays.test(error.message)
  // Without a server the socket's file is not there.
  return systemSays.has(code) || (code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect')
}
