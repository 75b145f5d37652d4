import type { Exit } from './server-processes.ts'
import { sendSignal } from './server-processes.ts'

const FAST_MS = 8_000
const IMMEDIATE_MS = 1_000

/**
 * Shuts a server down and waits for its end: fast, which rolls back what runs; if that takes too long at once, which costs a
 * recovery at the next start. At most 9 s. Does nothing when it has ended already.
 */
export async function stopServer(
  { pid, exited }: { pid: number; exited: Exit },
  log: (line: string) => void,
): Promise<void> {
  if (await exited(0)) return
  // On Windows, which is untested, this ends the postmaster at once; the next start recovers.
  sendSignal(pid, 'SIGINT')
  if (await exited(FAST_MS)) return
  log(`PostgreSQL has not stopped within ${FAST_MS / 1000} s; stopping it at once, the next start will recover`)
  sendSignal(pid, 'SIGQUIT')
  // By itself it kills within 5 s what does not end, and the next start waits for it.
  await exited(IMMEDIATE_MS)
}
