import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'
import type { Endpoint } from './endpoint.ts'

/** What a server wrote into postmaster.pid; it may be long dead. */
export interface PostmasterFile {
  pid: number
  endpoint: Endpoint
  /** `starting`, `ready`, `stopping`, ... */
  status: string
}

/** Reads a cluster's postmaster.pid; undefined when there is none or it is not written to its end. */
export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | undefined> {
  const lines = (await readText(postmasterFile(clusterDir))).split('\n').map(line => line.trim())
  const [pid, , , port, socketDirectory, address, , status] = lines
  if (!pid || !port) return undefined
  const host = socketDirectory || address || ''
  return { pid: Number(pid), endpoint: { host, port: Number(port) }, status: status ?? 'starting' }
}

/** The path of a cluster's postmaster.pid. */
export function postmasterFile(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid')
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}
