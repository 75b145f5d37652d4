import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { commandError, EmbeddedError } from './embedded-error.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints, isSocket, socketFiles } from './endpoint.ts'
import { postmasterFile, readPostmasterFile } from './postmaster-file.ts'
import { spawnOptions } from './run-program.ts'
import type { Exit } from './server-processes.ts'
import { endOrphans, exitOf } from './server-processes.ts'
import { writeSettings } from './server-settings.ts'
import { stopServer } from './stop-server.ts'

const POLL_MS = 10
const REMARK_AFTER_MS = 3_000
const RECOVERY_LIMIT_MS = 600_000
const SHARED_MEMORY_PATIENCE_MS = 5_000
const BUSY_ENDPOINT = /could not (?:bind|create (?:any )?(?:Unix|TCP)|listen)|lock file "[^"]*\.s\.PGSQL/
const BUSY_MEMORY = /pre-existing shared memory block/

/** A server that runs; its pid may belong to another process once `exited` tells so. */
export interface LaunchedServer {
  pid: number
  exited: Exit
  endpoint: Endpoint
}

/** How a server is to be launched. */
export interface LaunchOptions {
  log: (line: string) => void
  /** Calls the launch off; a server that is starting is stopped again. */
  signal?: AbortSignal | undefined
  /** Where it has to listen, because its users know no other place; undefined: wherever it can. */
  endpoint?: Endpoint | undefined
  /** Told when the server's process has begun. */
  onWait?: (() => void) | undefined
}

/** Starts PostgreSQL on a cluster that no server runs on, after ending what is left of one, and waits until it is ready. */
export async function launchServer(
  place: ClusterPlace,
  binaries: Binaries,
  options: LaunchOptions,
): Promise<LaunchedServer> {
  // A postmaster that ended in order has removed its file, and left nothing else.
  if (existsSync(postmasterFile(place.clusterDir))) {
    await endOrphans(place, options.log)
    // No server runs here, so the pid in it is dead or somebody else's; PostgreSQL itself would take that one for a server.
    await rm(postmasterFile(place.clusterDir), { force: true })
  }
  let output = ''
  for await (const endpoint of options.endpoint === undefined ? endpoints(place) : [options.endpoint]) {
    const started = await launchAt(endpoint, place, binaries, options)
    if (started.pid !== undefined) return { pid: started.pid, exited: exitOf(started.pid), endpoint }
    output = started.output
    if (!BUSY_ENDPOINT.test(output)) break
  }
  throw await commandError('start PostgreSQL', place.home, output)
}

async function launchAt(
  endpoint: Endpoint,
  place: ClusterPlace,
  binaries: Binaries,
  options: LaunchOptions,
): Promise<{ pid: number; output?: never } | { pid?: never; output: string }> {
  await writeSettings(place, endpoint)
  if (isSocket(endpoint.host)) {
    for (const file of socketFiles(endpoint.host)) await rm(file, { force: true })
  }
  const deadline = Date.now() + SHARED_MEMORY_PATIENCE_MS
  for (let remarked = false; ; await delay(200)) {
    const started = await spawnServer(place, binaries, options)
    if (started.pid !== undefined || !BUSY_MEMORY.test(started.output) || Date.now() > deadline) return started
    if (!remarked) {
      options.log('waiting for processes that an earlier PostgreSQL left behind')
      await endOrphans(place, options.log)
    }
    remarked = true
  }
}

async function spawnServer(
  place: ClusterPlace,
  binaries: Binaries,
  { log, signal, onWait }: LaunchOptions,
): Promise<{ pid: number; output?: never } | { pid?: never; output: string }> {
  signal?.throwIfAborted()
  const logFile = join(place.home, 'postgres.log')
  await rm(logFile, { force: true })
  const begin = new Date()
  const output = await open(logFile, 'wx', 0o600)
  // Detached, so that what a terminal or npm sends to our process group never reaches it. On Windows, which is untested,
  // PostgreSQL refuses an administrator, whose rights only pg_ctl can drop.
  const child = spawn(binaries.postgres, ['-D', place.clusterDir], {
    ...spawnOptions(place.user),
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  })
  child.unref()
  let ended = false
  let failure = ''
  child.on('exit', () => {
    ended = true
  })
  child.on('error', error => {
    ended = true
    failure = error.message
  })
  await output.close()
  onWait?.()
  for (let remarked = false; !ended; await delay(POLL_MS)) {
    const file = await readPostmasterFile(place.clusterDir)
    if (file?.pid === child.pid && file?.status === 'ready') return { pid: file.pid }
    if (signal?.aborted && child.pid !== undefined) {
      await stopServer({ pid: child.pid, exited: exitOf(child.pid) }, log)
      throw signal.reason
    }
    const elapsed = Date.now() - begin.getTime()
    if (elapsed > REMARK_AFTER_MS && !remarked) {
      log('PostgreSQL is recovering its data')
      remarked = true
    }
    if (elapsed > RECOVERY_LIMIT_MS) {
      throw new EmbeddedError(
        `PostgreSQL in ${place.clusterDir} has not become ready; see ${logFile}, or set DATABASE_URL`,
      )
    }
  }
  return { output: failure || (await readFile(logFile, 'utf8')) + (await logSince(begin, place)) }
}

/** What the server's own log says since a moment: once its log is open, it no longer writes where it was started from. */
async function logSince(moment: Date, place: ClusterPlace): Promise<string> {
  const day = moment.toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' })
  const since = moment.toISOString().replace('T', ' ').replace('Z', '')
  try {
    const lines = (await readFile(join(place.clusterDir, 'log', `postgresql-${day}.log`), 'utf8')).split('\n')
    return lines.filter(line => line.slice(0, since.length) >= since).join('\n')
  } catch {
    // It had no time to open one.
    return ''
  }
}
