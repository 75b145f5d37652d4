import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'
import { isSameProcess, processIdentity } from './process-identity.ts'

/** A gateway holds the lock as long as it lives, a command-line tool only while it starts or stops the server. */
export type LockRole = 'gateway' | 'tool'

/** The living process that holds the lock. */
export interface LockHolder {
  role: LockRole
  pid: number
}

export interface DirectoryLock {
  release(): void
}

/**
 * Takes the lock of a data directory, or tells who holds it. A holder that died is removed.
 *
 * The lock is a directory with one file, named after its holder. Renaming a prepared directory onto it succeeds only where it
 * is absent or empty, and a dead holder's file is removed by its own name, so that no race can remove a living holder's.
 */
export function takeLock(dataDir: string, role: LockRole): DirectoryLock | LockHolder {
  const lock = join(dataDir, 'lock')
  const prepared = join(dataDir, `lock.${randomUUID()}`)
  const entry = `${role}.${process.pid}.${processIdentity(process.pid) ?? ''}`
  mkdirSync(prepared, { mode: 0o700 })
  try {
    writeFileSync(join(prepared, entry), '')
    for (;;) {
      if (renamed(prepared, lock)) return { release: () => release(lock, entry) }
      const holder = livingHolder(lock)
      if (holder !== undefined) return holder
      removeIfEmpty(lock)
    }
  } finally {
    rmSync(prepared, { recursive: true, force: true })
  }
}

function renamed(prepared: string, lock: string): boolean {
  try {
    renameSync(prepared, lock)
    return true
  } catch (error) {
    // Windows refuses to rename onto any directory, with EPERM.
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) return false
    if (process.platform === 'win32' && errorCode(error) === 'EPERM') return false
    throw error
  }
}

function livingHolder(lock: string): LockHolder | undefined {
  for (const entry of entries(lock)) {
    const [role, pid, identity] = entry.split('.')
    if ((role === 'gateway' || role === 'tool') && isSameProcess(Number(pid), identity ?? '')) {
      return { role, pid: Number(pid) }
    }
    remove(() => unlinkSync(join(lock, entry)))
  }
  return undefined
}

function entries(lock: string): string[] {
  try {
    return readdirSync(lock)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

function release(lock: string, entry: string): void {
  remove(() => unlinkSync(join(lock, entry)))
  removeIfEmpty(lock)
}

function removeIfEmpty(lock: string): void {
  remove(() => rmdirSync(lock))
}

function remove(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error
  }
}
