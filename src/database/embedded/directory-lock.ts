import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'
import { livingProcesses, processFileName, removeEmptyDirectory, removeFile } from './process-files.ts'

/** A gateway holds the lock as long as it lives, a command-line tool only while it starts or stops the server. */
export type LockRole = 'gateway' | 'tool'

export type LockAttempt =
  | { release(): void; holder?: never }
  | { release?: never; holder: { role: LockRole; pid: number } }

/**
 * Takes the lock of a data directory, or tells which living process holds it.
 *
 * The lock is a directory with one file, named after its holder. Renaming a prepared directory onto it succeeds only where it
 * is absent or empty, and a dead holder's file is removed by its own name, so no race can remove a living holder's.
 */
export function tryLock(dataDir: string, role: LockRole): LockAttempt {
  const lock = join(dataDir, 'lock')
  const prepared = join(dataDir, `lock.${randomUUID()}`)
  const file = processFileName(role)
  mkdirSync(prepared, { mode: 0o700 })
  try {
    writeFileSync(join(prepared, file), '')
    while (!renamed(prepared, lock)) {
      const [holder] = livingProcesses(lock)
      if (holder) return { holder: { role: holder.label === 'gateway' ? 'gateway' : 'tool', pid: holder.pid } }
      removeEmptyDirectory(lock)
    }
  } finally {
    rmSync(prepared, { recursive: true, force: true })
  }
  return {
    release() {
      removeFile(join(lock, file))
      removeEmptyDirectory(lock)
    },
  }
}

function renamed(prepared: string, lock: string): boolean {
  try {
    renameSync(prepared, lock)
    return true
  } catch (error) {
    // Windows refuses to rename onto any directory, with EPERM.
    const occupied = process.platform === 'win32' ? ['EPERM', 'EEXIST', 'ENOTEMPTY'] : ['EEXIST', 'ENOTEMPTY']
    if (occupied.includes(errorCode(error) ?? '')) return false
    throw error
  }
}
