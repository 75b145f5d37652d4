import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { tryLock } from '../../src/database/embedded/directory-lock.ts'
import { processFileName } from '../../src/database/embedded/process-files.ts'

/**
 * Takes the lock again and again until the time is over; counts how often it was not alone, which `mkdir` tells. Every other
 * time it leaves the lock as a holder that died would.
 */
const [dataDir = '', together = '0'] = process.argv.slice(2)
// Until all have had time to start, and for a while of its own however late it did.
const until = Math.max(Number(together), Date.now() + 600)
const room = join(dataDir, 'room')
const lock = join(dataDir, 'lock')
let taken = 0
let shared = 0
while (Date.now() < until) {
  const { release } = tryLock(dataDir, 'tool')
  if (release) {
    taken++
    try {
      mkdirSync(room)
      await turn()
      rmdirSync(room)
    } catch {
      shared++
    }
    if (taken % 2) renameSync(join(lock, processFileName('tool')), join(lock, `tool.0.${randomUUID()}`))
    else release()
  }
  await turn()
}
process.stdout.write(`${JSON.stringify({ taken, shared })}\n`)
