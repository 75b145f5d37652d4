import pg from 'pg'

/** PostgreSQL cannot be used as configured; the message is one line and names the server, never the password. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

const refusals: Record<string, string> = {
  ECONNREFUSED: 'nothing answers there',
  ENOENT: 'there is no such socket',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
}

/** Says in one line why a server cannot be connected to. */
export function asConnectionError(error: unknown, connectionString: string): ConnectionError {
  const server = describeServer(connectionString)
  return new ConnectionError(`cannot use PostgreSQL at ${server}: ${reasonOf(error)}; check DATABASE_URL`, {
    cause: error,
  })
}

/** Host, port and database of a connection string, without user and password. */
export function describeServer(connectionString: string): string {
  const { host, port, database } = new pg.Client({ connectionString })
  return `${host}${host.startsWith('/') ? '' : `:${port}`}${database === undefined ? '' : `, database ${database}`}`
}

/** Why a connection failed, in one line. */
export function reasonOf(error: unknown): string {
  // Of several addresses of a host, each failed in its own way: the first one will do.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const code = first instanceof Error && 'code' in first ? String(first.code) : ''
  const message = first instanceof Error ? first.message : String(first)
  return refusals[code] ?? message.split('\n', 1)[0] ?? ''
}
