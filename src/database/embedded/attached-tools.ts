import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'
import { isSameProcess, processIdentity } from './process-identity.ts'

/** Notes that a command-line tool of this process uses the server; the function that comes back takes the note away. */
export function attachTool(dataDir: string): () => void {
  const tools = toolsDirectory(dataDir)
  const note = join(tools, `${process.pid}.${processIdentity(process.pid) ?? ''}.${randomUUID()}`)
  for (;;) {
    mkdirSync(tools, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(note, '')
      break
    } catch (error) {
      // The last tool that left has just removed the directory.
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }
  return () => {
    rmSync(note, { force: true })
    removeIfEmpty(tools)
  }
}

/** Whether a living tool uses the server; forgets those that died. */
export function hasAttachedTools(dataDir: string): boolean {
  const tools = toolsDirectory(dataDir)
  let living = false
  for (const note of notes(tools)) {
    const [pid, identity] = note.split('.')
    if (isSameProcess(Number(pid), identity ?? '')) living = true
    else rmSync(join(tools, note), { force: true })
  }
  if (!living) removeIfEmpty(tools)
  return living
}

function toolsDirectory(dataDir: string): string {
  return join(dataDir, 'tools')
}

function notes(tools: string): string[] {
  try {
    return readdirSync(tools)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

function removeIfEmpty(tools: string): void {
  try {
    rmdirSync(tools)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error
  }
}
