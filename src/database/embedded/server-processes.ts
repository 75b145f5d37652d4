import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterPlace } from './cluster-place.ts'
import { EmbeddedError, errorCode } from './embedded-error.ts'
import { isSameProcess, processIdentity } from './process-identity.ts'
import { runProgram } from './run-program.ts'

const POLL_MS = 10
const GRACE_MS = 300
const PATIENCE_MS = 1_000

// Runs as the server's user, as even root may be refused a look at the directory of another user's process.
const PROCESSES_IN_DIRECTORY = `
for process in /proc/[0-9]*; do
  if [ "$process/cwd" -ef "$1" ] && read -r name < "$process/comm" && [ "$name" = postgres ]; then
    echo "\${process#/proc/}"
  fi
done 2>/dev/null
exit 0`

/**
 * The living PostgreSQL processes of a cluster: every one on Linux; elsewhere those of `candidate`, which may be the postmaster
 * that a stale file names, and on Windows it is believed.
 */
export async function serverProcesses(place: ClusterPlace, candidate: number | undefined): Promise<number[]> {
  if (process.platform === 'linux') {
    const { output } = await runProgram('/bin/sh', ['-c', PROCESSES_IN_DIRECTORY, 'sh', place.clusterDir], place.user)
    return output.split('\n').filter(Boolean).map(Number)
  }
  if (candidate === undefined || processIdentity(candidate) === undefined) return []
  if (process.platform === 'win32') return [candidate]
  const { output } = await runProgram('/bin/ps', ['-o', 'command=', '-p', String(candidate)], undefined)
  return output.includes(place.clusterDir) ? [candidate] : []
}

/** Ends what a killed postmaster left behind: it still holds the shared memory, and no new server could start. */
export async function endOrphans(place: ClusterPlace, log: (line: string) => void): Promise<void> {
  // Elsewhere nothing but the postmaster can be recognised; it is not here.
  if (process.platform !== 'linux') return
  const pids = await serverProcesses(place, undefined)
  if (pids.length === 0) return
  const exits = pids.map(exitOf)
  const allGone = async (ms: number) => (await Promise.all(exits.map(exit => exit(ms)))).every(Boolean)
  // They notice by themselves, unless they are busy.
  if (await allGone(GRACE_MS)) return
  log(`ending processes that a killed PostgreSQL left behind: ${pids.join(', ')}`)
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const pid of await serverProcesses(place, undefined)) sendSignal(pid, signal)
    if (await allGone(PATIENCE_MS)) return
  }
  throw new EmbeddedError(
    `processes of an earlier PostgreSQL in ${place.clusterDir} do not end: ${pids.join(', ')}; end them, or set DATABASE_URL`,
  )
}

/** Waits up to so many milliseconds for a process to end, and tells whether it has. */
export type Exit = (ms: number) => Promise<boolean>

/** The exit of the process that has this pid now, whoever has it later. */
export function exitOf(pid: number): Exit {
  const identity = processIdentity(pid)
  return async ms => {
    const deadline = Date.now() + ms
    while (identity !== undefined && isSameProcess(pid, identity)) {
      if (Date.now() >= deadline) return false
      await delay(POLL_MS)
    }
    return true
  }
}

/** Sends a signal to a process that may just have ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}
