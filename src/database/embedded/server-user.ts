import { lstat, readFile } from 'node:fs/promises'
import { EmbeddedError, errorCode } from './embedded-error.ts'

/** The user that PostgreSQL runs as where that is not our own, ids as `spawn` takes them. */
export interface ServerUser {
  name: string
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses root: under root it runs as the owner of an existing cluster, else as `nobody`.
 * Undefined for an ordinary user: as ourselves.
 */
export async function findServerUser(existingCluster: string | undefined): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  if (existingCluster !== undefined) {
    const { uid, gid } = await lstat(existingCluster)
    if (uid !== 0) return { name: `user ${uid}`, uid: uid | 0, gid: gid | 0 }
  }
  return findNobody(await readPasswd())
}

/** The entry of `nobody` in the text of /etc/passwd. */
export function findNobody(passwd: string): ServerUser {
  const fields = passwd
    .split('\n')
    .find(line => line.startsWith('nobody:'))
    ?.split(':')
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])]
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new EmbeddedError("PostgreSQL refuses to run as root and there is no user 'nobody'; set DATABASE_URL")
  }
  return { name: 'nobody', uid: uid | 0, gid: gid | 0 }
}

/** The same id as files show it: some systems write -2 for `nobody`. */
export function fileOwner(id: number): number {
  return id >>> 0
}

async function readPasswd(): Promise<string> {
  try {
    return await readFile('/etc/passwd', 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}
