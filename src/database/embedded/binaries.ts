import { lstat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { BinaryPackage } from './binary-package.ts'
import { packedLinks } from './binary-package.ts'
import type { ClusterPlace } from './cluster-place.ts'
import { copyBinaries } from './copy-binaries.ts'
import { commandError, EmbeddedError, errorCode } from './embedded-error.ts'
import { runProgram } from './run-program.ts'
import type { ServerUser } from './server-user.ts'

/** Programs of PostgreSQL that the server's user can run. */
export interface Binaries {
  initdb: string
  postgres: string
  /** major version, such as `18` */
  major: string
}

/**
 * The package's binaries where they lie, or copied to the place's home where the server's user can't run them there.
 * `onTrial` is told when they are being tried.
 */
export async function usableBinaries(
  source: BinaryPackage,
  place: ClusterPlace,
  onTrial?: (() => void) | undefined,
): Promise<Binaries> {
  const linked = await completeLinks(source.native)
  const trial = tryBinaries(source.native, place.user)
  onTrial?.()
  const inPlace = await trial
  if (inPlace.binaries) return inPlace.binaries
  if (linked && !place.user) throw await commandError('run PostgreSQL', place.home, inPlace.output)
  const copied = await tryBinaries(await copyBinaries(source, place.home), place.user)
  if (copied.binaries) return copied.binaries
  throw await commandError('run PostgreSQL', place.home, copied.output)
}

/** Makes the links that are missing because install scripts did not run; false where that is not permitted. */
async function completeLinks(native: string): Promise<boolean> {
  try {
    for (const { path, target } of await packedLinks(native)) {
      const link = join(native, path)
      await lstat(link).catch(async error => {
        if (errorCode(error) !== 'ENOENT') throw error
        await symlink(target, link)
      })
    }
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'EEXIST'].includes(errorCode(error) ?? '')) return false
    throw error
  }
}

async function tryBinaries(
  native: string,
  user: ServerUser | undefined,
): Promise<{ binaries: Binaries; output?: never } | { binaries?: never; output: string }> {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(native, 'bin', `${name}${suffix}`)
  try {
    const { code, output } = await runProgram(program('postgres'), ['-V'], user)
    const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1]
    if (code !== 0 || major === undefined) return { output }
    return {
      binaries: { initdb: program('initdb'), postgres: program('postgres'), major },
    }
  } catch (error) {
    if (error instanceof EmbeddedError) throw error
    return { output: error instanceof Error ? error.message : String(error) }
  }
}
