import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { commandError, EmbeddedError } from './embedded-error.ts'
import { setUpDatabase } from './owner-role.ts'
import { runProgram } from './run-program.ts'
import { includeSettings } from './server-settings.ts'
import { fileOwner } from './server-user.ts'

/**
 * Makes a cluster with the owner's role and database. It appears under its name only when it is complete and on disk, so a start
 * that was killed leaves nothing but a draft, which the next one removes. `onWait` is told when the first program has begun.
 */
export async function createCluster(
  place: ClusterPlace,
  binaries: Binaries,
  password: string,
  onWait?: () => void,
): Promise<void> {
  // Also what is left of a cluster that somebody deleted in part: it may be worth something.
  if (existsSync(place.clusterDir) && (await readdir(place.clusterDir)).length > 0) {
    throw new EmbeddedError(
      `${place.clusterDir} is not empty and not a PostgreSQL cluster; move it away, or set DATABASE_URL`,
    )
  }
  await removeDrafts(place.home)
  const draft = join(place.home, `postgres.new-${randomUUID()}`)
  try {
    await mkdir(draft, { mode: 0o700 })
    if (place.user) await chown(draft, fileOwner(place.user.uid), fileOwner(place.user.gid))
    const initializing = initialize(draft, place, binaries)
    onWait?.()
    await initializing
    await setUpDatabase(draft, place, binaries, password, ['-F'])
    await includeSettings(draft, place)
    await runInitdb(['-D', draft, '--sync-only'], place, binaries)
    await rename(draft, place.clusterDir)
    await syncDirectory(place.home)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function initialize(draft: string, place: ClusterPlace, binaries: Binaries): Promise<void> {
  const options = [
    // Code point order, and lower() and upper() for all of Unicode, equal on every system.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    // The superuser gets no password and so cannot log in.
    ...['--username=postgres', '--auth=reject'],
    // The whole tree is synced once, at the end.
    ...['--data-checksums', '--no-sync', '--no-instructions'],
  ]
  await runInitdb(['-D', draft, ...options], place, binaries)
}

async function runInitdb(args: string[], place: ClusterPlace, binaries: Binaries): Promise<void> {
  const { code, output } = await runProgram(binaries.initdb, args, place.user)
  if (code !== 0) throw await commandError('create the PostgreSQL cluster', place.home, output)
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith('postgres.new-')) await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
