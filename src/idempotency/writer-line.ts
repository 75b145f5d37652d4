import { DatabaseOverloaded } from '../database/shared-connections.ts'

// More writers on one workspace's counter row only form a convoy (decisions 3).
const maxWriters = 16
// About what 16 writers get done in the second that a client is told to wait.
const maxWaiting = 1_000

interface Line {
  writing: number
  waiting: (() => void)[]
}

const lines = new Map<string, Line>()

/**
 * Lets at most 16 writers of a workspace work at once in this process; the rest wait in the order they came.
 * Throws DatabaseOverloaded when a thousand wait already.
 */
export async function inLine<Result>(workspaceId: string, write: () => Promise<Result>): Promise<Result> {
  const line = lines.get(workspaceId) ?? { writing: 0, waiting: [] }
  lines.set(workspaceId, line)
  if (line.writing < maxWriters) line.writing += 1
  else if (line.waiting.length >= maxWaiting) throw new DatabaseOverloaded('too many writers wait for this workspace')
  else await new Promise<void>(resolve => line.waiting.push(resolve))
  try {
    return await write()
  } finally {
    const next = line.waiting.shift()
    if (next !== undefined) next()
    else {
      line.writing -= 1
      if (line.writing === 0) lines.delete(workspaceId)
    }
  }
}
