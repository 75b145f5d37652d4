import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { EmbeddedError } from './embedded-error.ts'
import { initialize, runInitdb } from './initialize.ts'
import { setUpDatabase } from './owner-role.ts'
import { copyPrepared } from './prepared-cluster.ts'
import { includeSettings } from './server-settings.ts'

/**
 * Makes a cluster with the owner's role and database, from the copy of a prepared one where there is one. It appears under its
 * name only when it is complete and on disk, so a start that was killed leaves nothing but a draft, which the next one removes.
 * `onWait` is told when the first program has begun.
 */
export async function createCluster(
  place: ClusterPlace,
  binaries: Binaries,
  password: string,
  { prepared, onWait }: { prepared?: string | undefined; onWait?: (() => void) | undefined },
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
    const made = prepared === undefined ? initialize(draft, place, binaries) : copyPrepared(prepared, draft, place)
    onWait?.()
    await made
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
