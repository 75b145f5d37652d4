import { chown, mkdir } from 'node:fs/promises'
import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { commandError } from './embedded-error.ts'
import { runProgram } from './run-program.ts'
import { fileOwner } from './server-user.ts'

/** How initdb is told to make a cluster. */
export const clusterOptions: readonly string[] = [
  // Code point order, and lower() and upper() for all of Unicode, equal on every system.
  ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  // The superuser gets no password and so cannot log in.
  ...['--username=postgres', '--auth=reject'],
  // The whole tree is synced once, at the end.
  ...['--data-checksums', '--no-sync', '--no-instructions'],
]

/** Makes an empty directory that is the server's user's alone. */
export async function makeServerDirectory(directory: string, { user }: ClusterPlace): Promise<void> {
  await mkdir(directory, { mode: 0o700 })
  if (user) await chown(directory, fileOwner(user.uid), fileOwner(user.gid))
}

/** Makes a cluster that nobody can log in to, in an empty directory; it may not be on disk yet. Fails with an EmbeddedError. */
export async function initialize(directory: string, place: ClusterPlace, binaries: Binaries): Promise<void> {
  await runInitdb(['-D', directory, ...clusterOptions], place, binaries)
}

/** Runs initdb as the server's user. Fails with an EmbeddedError. */
export async function runInitdb(args: string[], place: ClusterPlace, binaries: Binaries): Promise<void> {
  const { code, output } = await runProgram(binaries.initdb, args, place.user)
  if (code !== 0) throw await commandError('create the PostgreSQL cluster', place.home, output)
}
