import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The key of the demo mode's secrets: in the file `secrets-key` of this directory, for its owner only, made where it is missing. */
export async function openSecretKeyFile(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'secrets-key')
  const text = await readFile(file, 'utf8').catch(async error => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return makeKey(file)
    throw error
  })
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length !== 32) throw new Error(`${file} holds no key of 64 hexadecimal digits`)
  return key
}

async function makeKey(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  // Never over a key that another process made meanwhile: what it sealed could not be opened any more.
  await link(draft, file).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft)
  return readFile(file, 'utf8')
}
