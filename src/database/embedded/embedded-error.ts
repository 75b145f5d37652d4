import { statfs } from 'node:fs/promises'

const FULL_BELOW_BYTES = 16 * 1024 * 1024

/** An expected failure of the embedded PostgreSQL; the message is one line fit for a terminal. */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError'
}

/** The error code of a system call (`ENOENT`) or of PostgreSQL (`28P01`); undefined when there is none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const writing = new Set(['ENOSPC', 'EDQUOT', 'EROFS'])

/**
 * Turns a failed system call into one clear line naming its path, or `directory` when it names none, as writing to an open file
 * does; passes anything else on.
 */
export function asEmbeddedError(error: unknown, directory: string): unknown {
  const code = errorCode(error)
  if (!(error instanceof Error) || !('syscall' in error) || code === undefined) return error
  // Of a copy `path` is what it was made of.
  const isTarget = writing.has(code) && 'dest' in error && typeof error.dest === 'string'
  const named = isTarget ? error.dest : 'path' in error ? error.path : undefined
  const path = typeof named === 'string' ? named : directory
  return new EmbeddedError(systemMessage(code, path, error.message), { cause: error })
}

/** Condenses the output of a PostgreSQL program that failed to one clear line. `activity` completes "could not ...". */
export async function commandError(activity: string, directory: string, output: string): Promise<EmbeddedError> {
  if (/shared memory segment .*No space left on device/.test(output)) {
    return new EmbeddedError('no space left in shared memory, /dev/shm; enlarge it, or set DATABASE_URL')
  }
  if (/No space left on device/.test(output) || (await isFull(directory))) {
    return new EmbeddedError(systemMessage('ENOSPC', directory, ''))
  }
  if (/Read-only file system/.test(output)) return new EmbeddedError(systemMessage('EROFS', directory, ''))
  return new EmbeddedError(
    `could not ${activity}: ${firstComplaint(output)}; set DATABASE_URL to use another PostgreSQL`,
  )
}

/** The first line in which PostgreSQL complains, without time and severity. */
export function firstComplaint(output: string): string {
  const lines = output
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const severity = /^.*?(?:FATAL|PANIC|ERROR|error):\s*/
  const line = lines.find(candidate => severity.test(candidate)) ?? lines.at(-1) ?? 'it ended without a word'
  return line.replace(severity, '')
}

// A server on a full disk often cannot even write down why it gave up.
async function isFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize < FULL_BELOW_BYTES
}

function systemMessage(code: string, path: string, message: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${path}; set DATA_DIR to a directory of your own, or set DATABASE_URL`
    case 'EROFS':
      return `${path} is on a read-only file system; set DATA_DIR to a writable directory, or set DATABASE_URL`
    case 'ENOSPC':
    case 'EDQUOT':
      return `no space left on the disk of ${path}; free some, set DATA_DIR to another disk, or set DATABASE_URL`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is not a directory; set DATA_DIR to another place, or set DATABASE_URL`
    default:
      return `${path}: ${message.split('\n')[0]}; set DATABASE_URL to use another PostgreSQL`
  }
}
