import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'

/** The server's password in the data directory; undefined when there is none yet. */
export async function readPassword(dataDir: string): Promise<string | undefined> {
  try {
    const password = (await readFile(passwordFile(dataDir), 'utf8')).trim()
    // Anything else was cut short or written by hand, and may not be fit for a connection string.
    return /^[\w-]{43}$/.test(password) ? password : undefined
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The server's password, made and kept (mode 600) when there is none yet. To be called under the lock. */
export async function keepPassword(dataDir: string): Promise<string> {
  const kept = await readPassword(dataDir)
  if (kept !== undefined) return kept
  const password = randomBytes(32).toString('base64url')
  const draft = `${passwordFile(dataDir)}.new`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${password}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, passwordFile(dataDir))
  return password
}

function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres-password')
}
