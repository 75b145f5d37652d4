import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { EmbeddedError } from './embedded-error.ts'
import { initialize, makeServerDirectory, runInitdb } from './initialize.ts'
import { setUpDatabase } from './owner-role.ts'
import { copyPrepared } from './prepared-cluster.ts'
import { includeSettings } from './server-settings.ts'

/** How a cluster is to be made. */
export interface CreateOptions {
  /** the password of the owner's role */
  password: string
  /** a cluster to copy */
  prepared: string | undefined
  log: (line: string) => void
  signal?: AbortSignal | undefined
  /** told when the first program has begun */
  onWait?: (() => void) | undefined
}

/**
 * Makes a cluster with the owner's role and database. It appears under its name only when it is complete and on disk, so a start
 * that was killed leaves nothing but a draft, which the next one removes.
 */
export async function createCluster(place: ClusterPlace, binaries: Binaries, options: CreateOptions): Promise<void> {
  // Also what is left of a cluster that somebody deleted in part: it may be worth something.
  if (existsSync(place.clusterDir) && (await readdir(place.clusterDir)).length > 0) {
    throw new EmbeddedError(
      `${place.clusterDir} is not empty and not a PostgreSQL cluster; move it away, or set DATABASE_URL`,
    )
  }
  await removeDrafts(place.home)
  const draft = join(place.home, `postgres.new-${randomUUID()}`)
  try {
    await fillDraft(draft, place, binaries, options)
    await includeSettings(draft, place)
    await runInitdb(['-D', draft, '--sync-only'], place, binaries)
    await rename(draft, place.clusterDir)
    await syncDirectory(place.home)
  } catch (error) {
    await removeTree(draft)
    throw error
  }
}

/** Fills a draft from the prepared cluster; from initdb where there is none, or one that is of no use any more. */
async function fillDraft(draft: string, place: ClusterPlace, binaries: Binaries, options: CreateOptions) {
  const { password, prepared, log, signal, onWait } = options
  const fill = async (begin: () => Promise<void>) => {
    await makeServerDirectory(draft, place)
    const begun = begin()
    onWait?.()
    await begun
    await setUpDatabase(draft, place, binaries, password, ['-F'])
  }
  if (prepared !== undefined) {
    try {
      return await fill(() => copyPrepared(prepared, draft, place))
    } catch (error) {
      // Ctrl-C in a terminal ends the programs that we run too.
      signal?.throwIfAborted()
      log(`${error instanceof Error ? error.message : error}; making a cluster without ${prepared}`)
      await removeTree(draft)
    }
  }
  await fill(() => initialize(draft, place, binaries))
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith('postgres.new-')) await removeTree(join(home, name))
  }
}

function removeTree(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 5 })
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
