import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

/** The load generators, as found on this machine. */
export interface Tools {
  wrk: string
  /** Undefined: writes are not compared. */
  pgbench: string | undefined
}

/** Finds wrk and pgbench. Throws, saying how to install it, when there is no wrk. */
export function findTools(say: (line: string) => void): Tools {
  const wrk = runs('wrk', '-v')
  if (!wrk) throw new Error('wrk is missing: apt-get install wrk (Debian, Ubuntu) or brew install wrk')
  const pgbench = ['pgbench', ...globSync('/usr/lib/postgresql/*/bin/pgbench')].find(file => runs(file, '--version'))
  if (pgbench === undefined)
    say('pgbench is missing, so writes are not compared: apt-get install postgresql-contrib or postgresql')
  return { wrk: 'wrk', pgbench }
}

function runs(file: string, argument: string): boolean {
  return spawnSync(file, [argument], { stdio: 'ignore' }).error === undefined
}
