import { chown, mkdir } from 'node:fs/promises'
import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { commandError } from './embedded-error.ts'
import { runProgram } from './run-program.ts'
import { fileOwner } from './server-user.ts'

/** Makes a new cluster that nobody can log in to; it may not be on disk yet. Fails with an EmbeddedError. */
export async function initialize(directory: string, place: ClusterPlace, binaries: Binaries): Promise<void> {
  await mkdir(directory, { mode: 0o700 })
  if (place.user) await chown(directory, fileOwner(place.user.uid), fileOwner(place.user.gid))
  const options = [
    // Code point order, and lower() and upper() for all of Unicode, equal on every system.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    // The superuser gets no password and so cannot log in.
    ...['--username=postgres', '--auth=reject'],
    // The whole tree is synced once, at the end.
    ...['--data-checksums', '--no-sync', '--no-instructions'],
  ]
  await runInitdb(['-D', directory, ...options], place, binaries)
}

/** Runs initdb as the server's user. Fails with an EmbeddedError. */
export async function runInitdb(args: string[], place: ClusterPlace, binaries: Binaries): Promise<void> {
  const { code, output } = await runProgram(binaries.initdb, args, place.user)
  if (code !== 0) throw await commandError('create the PostgreSQL cluster', place.home, output)
}
