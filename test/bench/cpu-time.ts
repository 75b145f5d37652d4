import { readdirSync, readFileSync } from 'node:fs'

// Of clock ticks; Linux has 100 of them in a second, whatever the kernel counts in.
const tickMs = 10

interface ProcessTimes {
  parent: number
  /** Its own time, and with it that of its children that have ended. */
  own: number
  withEnded: number
}

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name before it may hold spaces and brackets.
    const [, parent, ...fields] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(9, 13)
    return { parent: parent ?? 0, own: utime + stime, withEnded: utime + stime + cutime + cstime }
  } catch {
    return undefined
  }
}

/** Milliseconds of CPU that a process has used so far. */
export function cpuMsOf(pid: number): number {
  return (timesOf(pid)?.own ?? 0) * tickMs
}

/** Milliseconds of CPU that a process and all below it have used so far, also those that have ended. */
export function cpuMsOfTree(pid: number): number {
  const root = timesOf(pid)
  if (root === undefined) return 0
  const children = readdirSync('/proc').flatMap(name => {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined
    return times?.parent === pid ? times.withEnded : []
  })
  return (root.withEnded + children.reduce((sum, time) => sum + time, 0)) * tickMs
}

/** The server process of PostgreSQL above one of its sessions; undefined when it runs on another machine. */
export function postmasterOf(sessionPid: number): number | undefined {
  const isPostgres = (pid: number) => {
    try {
      return /^(postgres|postmaster)$/.test(readFileSync(`/proc/${pid}/comm`, 'latin1').trim())
    } catch {
      return false
    }
  }
  const parent = isPostgres(sessionPid) ? timesOf(sessionPid)?.parent : undefined
  return parent !== undefined && isPostgres(parent) ? parent : undefined
}
