import { randomUUID } from 'node:crypto'
import { access, constants, cp, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { usableBinaries } from './binaries.ts'
import type { BinaryPackage } from './binary-package.ts'
import { findBinaryPackage } from './binary-package.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { choosePlace, pathKey } from './cluster-place.ts'
import { openDataDirectory } from './data-directory.ts'
import { commandError } from './embedded-error.ts'
import { clusterOptions, initialize, makeServerDirectory } from './initialize.ts'
import { runProgram } from './run-program.ts'
import { fileOwner } from './server-user.ts'

// initdb takes longer than all else that a first start does. What it makes is the same each time on a machine and opens nothing:
// so an installation makes it once, and a new data directory gets a copy and a password of its own.

/**
 * Makes the cluster that new data directories of this checkout are copied from, where it is missing, and removes what earlier
 * installations have left; it appears under its name only when it is complete and on disk.
 */
export async function prepareCluster(checkoutDir: string): Promise<void> {
  const source = findBinaryPackage(checkoutDir)
  const target = preparedCluster(checkoutDir, source)
  // Windows, which is untested, has no `cp`.
  if (process.platform === 'win32') return
  await removeOthers(target)
  if (await isReadable(target)) return
  // The checkout may be closed to the server's user.
  const scratch = await mkdtemp(join(tmpdir(), 'orders-gateway-'))
  const draft = `${target}.new-${randomUUID()}`
  let place: ClusterPlace | undefined
  try {
    place = await choosePlace(await openDataDirectory(checkoutDir, scratch))
    await makeServerDirectory(place.clusterDir, place)
    await initialize(place.clusterDir, place, await usableBinaries(source, place))
    await cp(place.clusterDir, draft, { recursive: true })
    await syncTree(draft)
    await rename(draft, target)
  } finally {
    for (const directory of [draft, scratch, place?.home]) {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true })
    }
  }
}

/** The cluster to copy for these binaries; undefined where none was prepared or we may not read it. */
export async function findPrepared(checkoutDir: string, source: BinaryPackage): Promise<string | undefined> {
  const directory = preparedCluster(checkoutDir, source)
  return (await isReadable(directory)) ? directory : undefined
}

/**
 * Copies a prepared cluster into an empty directory of the server's user; it may not be on disk yet. Fails with an
 * EmbeddedError.
 */
export async function copyPrepared(prepared: string, directory: string, { home, user }: ClusterPlace): Promise<void> {
  const run = async (program: string, ...args: string[]) => {
    const { code, output } = await runProgram(program, args, undefined)
    if (code !== 0) throw await commandError('copy the prepared PostgreSQL cluster', home, output)
  }
  // Programs, as this process has modules to load meanwhile. The directory itself keeps its mode, whatever the other one's is.
  await run('cp', '-R', `${prepared}/.`, directory)
  if (user) await run('chown', '-hR', `${fileOwner(user.uid)}:${fileOwner(user.gid)}`, directory)
}

function preparedCluster(checkoutDir: string, { version }: BinaryPackage): string {
  const name = `cluster-${process.platform}-${process.arch}-${version}-${pathKey(clusterOptions.join(' '))}`
  return join(checkoutDir, 'node_modules/.cache/orders-gateway', name)
}

async function removeOthers(target: string): Promise<void> {
  const directory = dirname(target)
  await mkdir(directory, { recursive: true })
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    if (name.startsWith('cluster-') && path !== target) await rm(path, { recursive: true, force: true })
  }
}

async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  for (const path of [directory, ...entries.map(({ parentPath, name }) => join(parentPath, name))]) {
    const handle = await open(path, 'r')
    await handle.sync()
    await handle.close()
  }
}

async function isReadable(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
