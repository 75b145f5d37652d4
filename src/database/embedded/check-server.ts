import { realpath } from 'node:fs/promises'
import { Client } from 'pg'
import type { ClusterPlace } from './cluster-place.ts'
import { errorCode } from './embedded-error.ts'
import type { Endpoint } from './endpoint.ts'
import { connectionString } from './endpoint.ts'

const PATIENCE_MS = 5_000
const TOO_MANY_CONNECTIONS = '53300'

/**
 * Whether the server at an endpoint takes our password and serves our cluster. Undefined when it does, else what is wrong, with
 * PostgreSQL's or the system's code.
 */
export async function serverFault(
  endpoint: Endpoint,
  password: string,
  place: ClusterPlace,
): Promise<{ code: string | undefined; message: string } | undefined> {
  const client = new Client({
    connectionString: connectionString(endpoint, password),
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'orders-gateway start',
  })
  // A connection that breaks while nothing runs on it must not end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ directory: string }>("select current_setting('data_directory') as directory")
    const directory = rows[0]?.directory ?? ''
    if ((await realpath(directory)) === (await realpath(place.clusterDir))) return undefined
    return { code: undefined, message: `it serves ${directory}` }
  } catch (error) {
    // It knows us, it is only busy.
    if (errorCode(error) === TOO_MANY_CONNECTIONS) return undefined
    return { code: errorCode(error), message: error instanceof Error ? error.message : String(error) }
  } finally {
    await client.end().catch(() => {})
  }
}
