import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { commandError } from './embedded-error.ts'
import { OWNER } from './endpoint.ts'
import { runProgram } from './run-program.ts'

/**
 * Creates the owner's role and database in a cluster that no server runs on, and sets the password; what exists stays. The role
 * may create databases and read statistics and settings; it is no superuser.
 */
export async function setUpDatabase(
  cluster: string,
  place: ClusterPlace,
  binaries: Binaries,
  password: string,
  options: string[],
): Promise<void> {
  // A single-user server takes a line for a statement and goes on after an error.
  const statements = [
    `create role ${OWNER}`,
    // The password is random, 256 bits: guesses need not be made slow, and each connection is faster.
    'set scram_iterations = 1',
    `alter role ${OWNER} login createdb password '${password}'`,
    `grant pg_monitor to ${OWNER}`,
    // A new cluster has a database that is as good as a copy, and was paid for.
    `alter database postgres owner to ${OWNER}`,
    `alter database postgres rename to ${OWNER}`,
    `create database ${OWNER} owner ${OWNER}`,
  ]
  const { code, output } = await runProgram(
    binaries.postgres,
    ['--single', ...options, '-D', cluster, '-c', 'log_checkpoints=off', 'template1'],
    place.user,
    `${statements.join('\n')}\n`,
  )
  const isExpected = (line: string) => /already exists$|database "postgres" does not exist$/.test(line)
  const errors = output.split('\n').filter(line => /ERROR:|FATAL:|PANIC:/.test(line) && !isExpected(line))
  if (code !== 0 || errors.length > 0) {
    throw await commandError('set up the database', place.home, errors.join('\n') || output)
  }
}
