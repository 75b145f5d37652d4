import { readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'
import { isSameProcess, processIdentity } from './process-identity.ts'

/** A living process that has a file in a directory, and the label it put on it. */
export interface ProcessFile {
  label: string
  pid: number
}

/** The name of a file that stands for this process and can never stand for a later one with its pid. */
export function processFileName(label: string): string {
  return `${label}.${process.pid}.${processIdentity(process.pid) ?? ''}`
}

/** The living processes that have a file in the directory; the files of dead ones are removed. */
export function livingProcesses(directory: string): ProcessFile[] {
  return names(directory).flatMap(name => {
    const [label = '', pid = '', identity = ''] = name.split('.')
    if (isSameProcess(Number(pid), identity)) return [{ label, pid: Number(pid) }]
    removeFile(join(directory, name))
    return []
  })
}

/** Removes a file that another process may have removed already. */
export function removeFile(path: string): void {
  tolerate(['ENOENT'], () => unlinkSync(path))
}

/** Removes a directory unless another process uses it or has removed it already. */
export function removeEmptyDirectory(path: string): void {
  tolerate(['ENOENT', 'ENOTEMPTY', 'EEXIST'], () => rmdirSync(path))
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

function tolerate(codes: string[], act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!codes.includes(errorCode(error) ?? '')) throw error
  }
}
