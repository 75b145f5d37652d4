import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { BinaryPackage } from './binary-package.ts'
import { packedLinks } from './binary-package.ts'
import { errorCode } from './embedded-error.ts'

/** Copies the package's binaries into a directory under their version, once, readable for everybody; where they lie now. */
export async function copyBinaries(source: BinaryPackage, home: string): Promise<string> {
  const target = join(home, `postgresql-${source.version}`)
  const links = await packedLinks(source.native)
  const linkPaths = new Set(links.map(link => link.path))
  const files = (await filesBelow(source.native)).filter(file => isNeeded(file) && !linkPaths.has(file))
  if (await isComplete(source.native, target, files)) return target

  const draft = join(home, `postgresql.new-${randomUUID()}`)
  const directories = new Set(['.', ...files.map(file => dirname(file))])
  for (const directory of directories) await mkdir(join(draft, directory), { recursive: true })
  await Promise.all(
    files.map(async file => {
      await copyFile(join(source.native, file), join(draft, file), constants.COPYFILE_FICLONE)
      await chmod(join(draft, file), file.startsWith('bin') ? 0o755 : 0o644)
    }),
  )
  for (const { path, target: linked } of links) await symlink(linked, join(draft, path))
  for (const directory of directories) await openPath(draft, directory)
  await removeCopies(home, draft)
  await rename(draft, target)
  return target
}

async function filesBelow(native: string): Promise<string[]> {
  const found = await readdir(native, { recursive: true, withFileTypes: true })
  return found.filter(entry => entry.isFile()).map(entry => relative(native, join(entry.parentPath, entry.name)))
}

function isNeeded(file: string): boolean {
  return /^(bin|lib|share)\b/.test(file) && !/\.a$|\bpkgconfig\b|\binclude\b/.test(file)
}

// By size: a copy that a power failure cut short has empty files.
async function isComplete(native: string, target: string, files: string[]): Promise<boolean> {
  const equal = await Promise.all(
    files.map(async file => (await sizeOf(join(native, file))) === (await sizeOf(join(target, file)))),
  )
  return equal.every(Boolean)
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

// The caller's umask may have closed the directories, those in between too.
async function openPath(draft: string, directory: string): Promise<void> {
  for (let path = join(draft, directory); path.length >= draft.length; path = dirname(path)) await chmod(path, 0o755)
}

async function removeCopies(home: string, except: string): Promise<void> {
  for (const name of await readdir(home)) {
    const path = join(home, name)
    if (/^postgresql(-|\.new-)/.test(name) && path !== except) await rm(path, { recursive: true, force: true })
  }
}
