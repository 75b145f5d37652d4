import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { usableBinaries } from './binaries.ts'
import { findBinaryPackage } from './binary-package.ts'
import { serverFault } from './check-server.ts'
import { assertEnterable, type ClusterPlace } from './cluster-place.ts'
import { createCluster } from './create-cluster.ts'
import { EmbeddedError, errorCode } from './embedded-error.ts'
import type { LaunchedServer, LaunchOptions } from './launch-server.ts'
import { launchServer } from './launch-server.ts'
import { setUpDatabase } from './owner-role.ts'
import { keepPassword } from './password-file.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { findPrepared } from './prepared-cluster.ts'
import { exitOf, sendSignal, serverProcesses } from './server-processes.ts'
import { stopServer } from './stop-server.ts'

const POLL_MS = 10
const STOPPING_MS = 8_000

export interface RunningServer extends LaunchedServer {
  password: string
  adopted: boolean
}

/** How a server is to be run. */
export interface RunOptions {
  /** the root of the repository, absolute; binaries are looked up from here */
  checkoutDir: string
  log: (line: string) => void
  /** calls the start off */
  signal?: AbortSignal | undefined
  /** told when the binaries are being tried, for some milliseconds */
  onTrial?: (() => void) | undefined
  /** told whenever a program has begun that takes a while */
  onWait?: (() => void) | undefined
}

/**
 * Adopts the server that runs on the place's cluster, or starts one. `earlier` is one that has ended: its users find the new
 * one where they knew the old one, with the same password. Without it a cluster is made where there is none. To be called
 * under the lock.
 */
export async function runServer(
  place: ClusterPlace,
  options: RunOptions,
  earlier?: RunningServer,
): Promise<RunningServer> {
  const { log } = options
  const password = earlier?.password ?? (await keepPassword(place.dataDir))
  const adopted = await adoptServer(place, password, log)
  if (adopted) return { ...adopted, password, adopted: true }
  try {
    return { ...(await startServer(place, password, options, earlier)), password, adopted: false }
  } catch (error) {
    // Programs say less clearly that they can't enter the place.
    throw await assertEnterable(place).then(
      () => error,
      fault => (fault instanceof EmbeddedError ? fault : error),
    )
  }
}

/** Starts a server on the place's cluster, which is made where there is none. */
async function startServer(
  place: ClusterPlace,
  password: string,
  { checkoutDir, log, signal, onTrial, onWait }: RunOptions,
  earlier: RunningServer | undefined,
): Promise<LaunchedServer> {
  const options: LaunchOptions = { log, signal, onWait, endpoint: earlier?.endpoint }
  const source = findBinaryPackage(checkoutDir)
  const binaries = await usableBinaries(source, place, onTrial)
  const version = await clusterVersion(place)
  if (version === undefined && earlier !== undefined) {
    throw new EmbeddedError(`there is no PostgreSQL cluster in ${place.clusterDir} any more`)
  }
  if (version === undefined) {
    const prepared = await findPrepared(checkoutDir, source)
    await createCluster(place, binaries, { password, prepared, log, signal, onWait })
    signal?.throwIfAborted()
  } else if (version !== binaries.major) {
    throw new EmbeddedError(
      `the data in ${place.clusterDir} is of PostgreSQL ${version}, this gateway brings ${binaries.major}; move it away, or set DATABASE_URL`,
    )
  }
  const launched = await launchServer(place, binaries, options)
  return withPassword(launched, place, binaries, password, options)
}

/** The server that runs on a cluster, if it is one that works with our password; one that does not is stopped. */
async function adoptServer(
  place: ClusterPlace,
  password: string,
  log: (line: string) => void,
): Promise<LaunchedServer | undefined> {
  const file = await readPostmasterFile(place.clusterDir)
  if (!file) return undefined
  const { pid } = file
  if (!(await serverProcesses(place, pid)).includes(pid)) {
    await assertEnterable(place)
    // The file is stale, unless the server lives where its processes can't be seen.
    if ((await serverFault(file.endpoint, password, place)) !== undefined) return undefined
    throw new EmbeddedError(
      `${place.clusterDir} is in use by a PostgreSQL of another container; stop it, or set DATABASE_URL`,
    )
  }
  const exited = exitOf(pid)
  const status = await settledStatus(place, pid)
  if (status === 'stopping' && !(await exited(STOPPING_MS))) sendSignal(pid, 'SIGQUIT')
  if (status !== 'ready') return undefined
  const endpoint = (await readPostmasterFile(place.clusterDir))?.endpoint ?? file.endpoint
  const fault = await serverFault(endpoint, password, place)
  if (!fault) return { pid, exited, endpoint }
  log(`restarting the PostgreSQL that runs in ${place.clusterDir}: ${fault.message}`)
  await stopServer({ pid, exited }, log)
  return undefined
}

/** Waits while a server starts or recovers; its status then, undefined when it has ended. */
async function settledStatus(place: ClusterPlace, pid: number): Promise<string | undefined> {
  const exited = exitOf(pid)
  for (;;) {
    const file = await readPostmasterFile(place.clusterDir)
    if (file?.pid === pid && file.status !== 'starting') return file.status
    if (await exited(0)) return undefined
    await delay(POLL_MS)
  }
}

/** Makes sure that a server just started takes our password; where it was lost, it is set anew. */
async function withPassword(
  launched: LaunchedServer,
  place: ClusterPlace,
  binaries: Binaries,
  password: string,
  options: LaunchOptions,
): Promise<LaunchedServer> {
  const { log } = options
  const fault = await serverFault(launched.endpoint, password, place)
  if (!fault) return launched
  await stopServer(launched, log)
  const isSettable = ['28P01', '28000', '3D000'].includes(fault.code ?? '')
  if (!isSettable) {
    throw new EmbeddedError(`cannot use PostgreSQL in ${place.clusterDir}: ${fault.message}; set DATABASE_URL`)
  }
  log('the password of PostgreSQL or its database was lost; making it anew')
  await setUpDatabase(place.clusterDir, place, binaries, password, [])
  const relaunched = await launchServer(place, binaries, options)
  const remaining = await serverFault(relaunched.endpoint, password, place)
  if (!remaining) return relaunched
  await stopServer(relaunched, log)
  throw new EmbeddedError(`cannot use PostgreSQL in ${place.clusterDir}: ${remaining.message}; set DATABASE_URL`)
}

/** The major version that made the cluster; undefined when there is no cluster. */
async function clusterVersion(place: ClusterPlace): Promise<string | undefined> {
  try {
    return (await readFile(join(place.clusterDir, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
