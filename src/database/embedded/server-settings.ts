import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterPlace } from './cluster-place.ts'
import { asEmbeddedError } from './embedded-error.ts'
import type { Endpoint } from './endpoint.ts'
import { isSocket } from './endpoint.ts'
import { fileOwner } from './server-user.ts'

const MAX_CONNECTIONS = 100
const SHARED_BUFFERS = '128MB'
const SETTINGS_FILE = 'orders-gateway.conf'

// Every connection gives the password, also one over the socket.
const ACCESS = `# Written by the gateway at each start.
local  all  all                scram-sha-256
host   all  all  127.0.0.1/32  scram-sha-256
host   all  all  ::1/128       scram-sha-256
`

/** Makes a new cluster read our settings file, which comes last and so decides. */
export async function includeSettings(cluster: string, place: ClusterPlace): Promise<void> {
  const own = await readFile(join(cluster, 'postgresql.conf'), 'utf8')
  await writeForServer(join(cluster, 'postgresql.conf'), `${own}\ninclude '${SETTINGS_FILE}'\n`, place)
}

/** Writes the settings and the rules of access for a server that is about to start. */
export async function writeSettings(place: ClusterPlace, endpoint: Endpoint): Promise<void> {
  await writeForServer(join(place.clusterDir, SETTINGS_FILE), settings(endpoint), place)
  await writeForServer(join(place.clusterDir, 'pg_hba.conf'), ACCESS, place)
}

function settings({ host, port }: Endpoint): string {
  return `# Written by the gateway at each start; use ALTER SYSTEM for settings of your own.
listen_addresses = ${isSocket(host) ? "''" : quoted(host)}
port = ${port}
unix_socket_directories = ${isSocket(host) ? quoted(listItem(host)) : "''"}
unix_socket_permissions = 0700
max_connections = ${MAX_CONNECTIONS}
shared_buffers = ${SHARED_BUFFERS}
fsync = on
full_page_writes = on
synchronous_commit = on
# Neither replicas nor archives hang on this server.
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
jit = off
# A small database is in the system's cache: to have workers read it takes longer than to read it.
io_method = sync
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# One file for each day of the week, emptied when its day comes again. No statements and no values of rows.
logging_collector = on
log_destination = 'stderr'
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_min_error_statement = panic
log_checkpoints = off
`
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

// The setting is a list; double quotes keep commas and spaces inside one item.
function listItem(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

/**
 * Writes a file of the server. Under root the directory belongs to somebody else, who could have put a link there: so the file is
 * made anew beside the old one and renamed.
 */
async function writeForServer(path: string, text: string, { user }: ClusterPlace): Promise<void> {
  const draft = `${path}.new`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    if (user) await file.chown(fileOwner(user.uid), fileOwner(user.gid))
    await file.writeFile(text)
  } catch (error) {
    throw asEmbeddedError(error, path)
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
