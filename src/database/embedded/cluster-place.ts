import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { closeDataDirectory } from './data-directory.ts'
import { asEmbeddedError, EmbeddedError, errorCode } from './embedded-error.ts'
import { runProgram } from './run-program.ts'
import type { ServerUser } from './server-user.ts'
import { findServerUser } from './server-user.ts'

/** Where PostgreSQL lives: `home` holds the cluster, the log of its start and, where needed, copied binaries. */
export interface ClusterPlace {
  dataDir: string
  home: string
  clusterDir: string
  /** who the server runs as; undefined: as ourselves */
  user: ServerUser | undefined
}

// Before /var/tmp, which many systems empty by age.
const OUTSIDE = ['/var/lib', '/var/tmp']

/** The place of the cluster that a data directory has; undefined when it has none yet. */
export async function findPlace(dataDir: string): Promise<ClusterPlace | undefined> {
  for (const home of [dataDir, ...outsideHomes(dataDir)]) {
    const clusterDir = join(home, 'postgres')
    if (!(await exists(clusterDir))) continue
    if (home !== dataDir) await openOutsideHome(home)
    return { dataDir, home, clusterDir, user: await findServerUser(clusterDir) }
  }
  return undefined
}

/**
 * The place for the cluster of a data directory: where it already is, else inside the data directory, or outside where root
 * starts the gateway and the server's user can't enter. To be called under the lock.
 */
export async function choosePlace(dataDir: string): Promise<ClusterPlace> {
  const existing = await findPlace(dataDir)
  if (existing) return existing
  const user = await findServerUser(undefined)
  const passes = user !== undefined && (await canEnter(dirname(dataDir), user))
  await closeDataDirectory(dataDir, passes ? user : undefined)
  const home = (await canEnter(dataDir, user)) ? dataDir : await newOutsideHome(dataDir)
  return { dataDir, home, clusterDir: join(home, 'postgres'), user }
}

/** Fails when the server's user can't enter the place: what that user does not find there may be there all the same. */
export async function assertEnterable({ home, user }: ClusterPlace): Promise<void> {
  if (await canEnter(home, user)) return
  throw new EmbeddedError(
    `${user?.name} cannot enter ${home}, where the data is; open the directories above it, or set DATABASE_URL`,
  )
}

/** Creates a directory of root that everybody may pass through, or checks that an existing one is such and nobody else's. */
export async function openOutsideHome(home: string): Promise<void> {
  try {
    await mkdir(home, { mode: 0o700 })
    await chmod(home, 0o711)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  const found = await lstat(home)
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new EmbeddedError(`${home} is not a directory of root alone; remove it, or set DATABASE_URL`)
  }
}

async function newOutsideHome(dataDir: string): Promise<string> {
  let failure: unknown
  for (const home of outsideHomes(dataDir)) {
    try {
      await openOutsideHome(home)
      await writeFile(join(home, 'data-directory'), `${dataDir}\n`)
      return home
    } catch (error) {
      failure = asEmbeddedError(error, home)
    }
  }
  throw failure
}

function outsideHomes(dataDir: string): string[] {
  if (process.getuid?.() !== 0) return []
  return OUTSIDE.map(base => join(base, `orders-gateway-${pathKey(dataDir)}`))
}

/** A short name for a path, fit for a file name. */
export function pathKey(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16)
}

async function canEnter(directory: string, user: ServerUser | undefined): Promise<boolean> {
  if (!user) return true
  const { code } = await runProgram('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], user)
  return code === 0
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}
