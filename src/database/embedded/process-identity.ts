import { readFileSync } from 'node:fs'
import { errorCode } from './embedded-error.ts'

/**
 * Tells a process from a later one with the same pid: boot and start time on Linux, '' on systems that do not tell.
 * Undefined when no such process lives; a zombie does not.
 */
export function processIdentity(pid: number): string | undefined {
  if (!isSignalable(pid)) return undefined
  if (process.platform !== 'linux') return ''
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name comes before and may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined
    return `${bootId()}-${startTime}`
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined
    throw error
  }
}

/** Whether the process with this pid still is the one that had this identity. */
export function isSameProcess(pid: number, identity: string): boolean {
  const current = processIdentity(pid)
  return current !== undefined && (current === identity || current === '' || identity === '')
}

function isSignalable(pid: number): boolean {
  // Zero and negative numbers would address process groups.
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
}
