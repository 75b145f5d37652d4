import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './embedded-error.ts'
import { livingProcesses, processFileName, removeEmptyDirectory, removeFile } from './process-files.ts'

/** Notes that a command-line tool of this process uses the server; the function that comes back takes the note away. */
export function attachTool(dataDir: string): () => void {
  const directory = join(dataDir, 'tools')
  const file = join(directory, processFileName(randomUUID()))
  for (;;) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(file, '')
      break
    } catch (error) {
      // A tool that left has just removed the empty directory.
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }
  return () => {
    removeFile(file)
    removeEmptyDirectory(directory)
  }
}

/** Whether a living command-line tool uses the server. */
export function hasAttachedTools(dataDir: string): boolean {
  return livingProcesses(join(dataDir, 'tools')).length > 0
}
