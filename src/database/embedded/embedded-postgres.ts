import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { attachTool, hasAttachedTools } from './attached-tools.ts'
import { serverFault } from './check-server.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { choosePlace, findPlace } from './cluster-place.ts'
import { openDataDirectory } from './data-directory.ts'
import { tryLock } from './directory-lock.ts'
import { asEmbeddedError, EmbeddedError } from './embedded-error.ts'
import { connectionString } from './endpoint.ts'
import { readPassword } from './password-file.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import type { RunningServer } from './run-server.ts'
import { runServer } from './run-server.ts'
import { ServerKeeper } from './server-keeper.ts'
import { exitOf, serverProcesses } from './server-processes.ts'
import { stopServer } from './stop-server.ts'

const POLL_MS = 20
const TURN_MS = 30_000

export interface EmbeddedOptions {
  /** DATA_DIR; a relative one starts at `checkoutDir` */
  dataDir: string
  /** the root of the repository, absolute; binaries are looked up from here */
  checkoutDir: string
  log: (line: string) => void
  /** calls the start off: it then fails with the signal's reason and leaves nothing half made */
  signal?: AbortSignal | undefined
  /** told when there is nothing to do for some milliseconds: the time for little work of one's own */
  onTrial?: (() => void) | undefined
  /** told whenever there is nothing to do but to wait for a program: the time for work of one's own */
  onWait?: (() => void) | undefined
}

/** A PostgreSQL of our own that answers. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** for the role that owns the database, which is no superuser; holds the password */
  connectionString: string
  /** where the cluster really is: outside the data directory when root starts from a directory closed to the server's user */
  clusterDir: string
  /** the data directory itself, where the gateway keeps files of its own */
  dataDir: string
  /** true when the server ran already */
  adopted: boolean
  /** Stops PostgreSQL, where it is ours to stop, and waits for its end; a second call does nothing more. */
  stop(): Promise<void>
}

/**
 * The gateway's PostgreSQL: takes the lock of the data directory, then starts the server or adopts the one that runs, and
 * starts it again whenever it ends. Fails with an EmbeddedError, also when another gateway holds the lock.
 */
export function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return inDataDirectory(options, async dataDir => {
    const release = await lockAsGateway(dataDir, options.signal)
    try {
      const place = await choosePlace(dataDir)
      const server = await runServer(place, options)
      const { checkoutDir, log } = options
      const keeper = new ServerKeeper(
        server,
        (ended, signal) => runServer(place, { checkoutDir, log, signal }, ended),
        log,
      )
      return embedded(place, server, async () => {
        try {
          await stopServer(await keeper.leave(), log)
        } finally {
          release()
        }
      })
    } catch (error) {
      release()
      // Ctrl-C in a terminal reaches the programs that we run too: what they complain about then is not the reason.
      options.signal?.throwIfAborted()
      throw error
    }
  })
}

/**
 * PostgreSQL for a command-line tool: joins the server of a running gateway or of other tools; else starts it. It is stopped
 * with the last tool that used it, unless a gateway has taken it over. Fails with an EmbeddedError.
 */
export function joinEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return inDataDirectory(options, async dataDir => {
    const detach = attachTool(dataDir)
    try {
      const { place, server } = await reachServer(dataDir, options)
      return embedded(place, server, async () => {
        detach()
        await stopUnused(place, options.log)
      })
    } catch (error) {
      detach()
      throw error
    }
  })
}

async function inDataDirectory<T>(options: EmbeddedOptions, act: (dataDir: string) => Promise<T>): Promise<T> {
  try {
    return await act(await openDataDirectory(options.checkoutDir, options.dataDir))
  } catch (error) {
    throw asEmbeddedError(error, resolve(options.checkoutDir, options.dataDir))
  }
}

function embedded(place: ClusterPlace, server: RunningServer, end: () => Promise<void>): EmbeddedPostgres {
  let ended: Promise<void> | undefined
  const stop = () => {
    ended ??= end()
    return ended
  }
  return {
    connectionString: connectionString(server.endpoint, server.password),
    clusterDir: place.clusterDir,
    dataDir: place.dataDir,
    adopted: server.adopted,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Waits for a tool that starts or stops the server, never for a gateway. */
async function lockAsGateway(dataDir: string, signal: AbortSignal | undefined): Promise<() => void> {
  const deadline = Date.now() + TURN_MS
  for (;;) {
    const { holder, release } = tryLock(dataDir, 'gateway')
    if (!holder) return release
    if (holder.role === 'gateway' || Date.now() > deadline) {
      throw new EmbeddedError(`another ${holder.role} (pid ${holder.pid}) is using ${dataDir}`)
    }
    await delay(POLL_MS)
    signal?.throwIfAborted()
  }
}

async function reachServer(
  dataDir: string,
  { checkoutDir, log }: EmbeddedOptions,
): Promise<{ place: ClusterPlace; server: RunningServer }> {
  const deadline = Date.now() + TURN_MS
  for (;;) {
    const { holder, release } = tryLock(dataDir, 'tool')
    if (!holder) {
      try {
        const place = await choosePlace(dataDir)
        return { place, server: await runServer(place, { checkoutDir, log }) }
      } finally {
        release()
      }
    }
    const joined = holder.role === 'gateway' ? await joinServer(dataDir) : undefined
    if (joined) return joined
    if (Date.now() > deadline) {
      throw new EmbeddedError(
        `the PostgreSQL of another ${holder.role} (pid ${holder.pid}) on ${dataDir} does not answer`,
      )
    }
    await delay(POLL_MS)
  }
}

/** The server of the gateway that holds the lock; undefined while it is not ready. */
async function joinServer(dataDir: string): Promise<{ place: ClusterPlace; server: RunningServer } | undefined> {
  const place = await findPlace(dataDir)
  const password = await readPassword(dataDir)
  const file = place && (await readPostmasterFile(place.clusterDir))
  if (!place || password === undefined || file?.status !== 'ready') return undefined
  if ((await serverFault(file.endpoint, password, place)) !== undefined) return undefined
  return { place, server: { ...file, exited: exitOf(file.pid), password, adopted: true } }
}

/** Stops the server unless a gateway or another tool uses it or is about to. */
async function stopUnused(place: ClusterPlace, log: (line: string) => void): Promise<void> {
  const { holder, release } = tryLock(place.dataDir, 'tool')
  if (holder) return
  try {
    const pid = (await readPostmasterFile(place.clusterDir))?.pid
    if (pid === undefined || hasAttachedTools(place.dataDir)) return
    const exited = exitOf(pid)
    if ((await serverProcesses(place, pid)).includes(pid)) await stopServer({ pid, exited }, log)
  } finally {
    release()
  }
}
