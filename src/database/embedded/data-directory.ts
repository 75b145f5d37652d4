import { chmod, chown, lstat, mkdir, readdir, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errorCode } from './embedded-error.ts'
import type { ServerUser } from './server-user.ts'
import { fileOwner } from './server-user.ts'

/** Creates the data directory where it is missing; its real path. A relative one starts at the checkout. */
export async function openDataDirectory(checkoutDir: string, dataDir: string): Promise<string> {
  const path = resolve(checkoutDir, dataDir)
  await mkdir(dirname(path), { recursive: true })
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !(await lstat(await realpath(path))).isDirectory()) throw error
  }
  return realpath(path)
}

/**
 * Closes a data directory that holds nothing but our locks to everybody but us, and to the server's group where the server
 * must pass through it (`passage`). One with other people's files keeps its mode: each file of ours is closed by itself.
 */
export async function closeDataDirectory(dataDir: string, passage: ServerUser | undefined): Promise<void> {
  const { uid, mode } = await lstat(dataDir)
  const isShared = (mode & 0o002) !== 0
  if (isShared || uid !== process.getuid?.() || !(await holdsOnlyLocks(dataDir))) return
  if (passage) await chown(dataDir, uid, fileOwner(passage.gid))
  await chmod(dataDir, passage ? 0o710 : 0o700)
}

async function holdsOnlyLocks(dataDir: string): Promise<boolean> {
  const names = await readdir(dataDir)
  return names.every(name => name === 'tools' || name === 'lock' || name.startsWith('lock.'))
}
