import { readDuration } from '../duration.ts'
import type { RemoteGateway } from '../remote-gateway.ts'

const logEnds = '{ viewer { workspace { name } } eventLog { earliestCursor lastCursor } }'

const lastBefore = `query ($moment: DateTime!) {
  events(last: 1, filter: { createdAt: { to: $moment } }) { edges { cursor } }
}`

/** Where to begin, and whose log it is. */
interface Place {
  cursor: string
  workspace: string
}

/**
 * The place in the log that `--after` means: a cursor, `START`, a time ago such as `2h`, or, without it, now. Also the first
 * sign that the gateway answers and takes the key. Throws GatewayError and UsageError.
 */
export async function findPlace(gateway: RemoteGateway, after: string | undefined): Promise<Place> {
  const ago = after !== undefined && /^\d+[a-z]$/.test(after) ? readDuration('after', after) : undefined
  const { viewer, eventLog } = await gateway.ask<{
    viewer: { workspace: { name: string } }
    eventLog: { earliestCursor: string; lastCursor: string }
  }>(logEnds)
  const workspace = viewer.workspace.name
  if (after === undefined) return { workspace, cursor: eventLog.lastCursor }
  if (after === 'START') return { workspace, cursor: eventLog.earliestCursor }
  if (ago === undefined) return { workspace, cursor: after }
  const moment = new Date(Date.now() - ago).toISOString()
  const { events } = await gateway.ask<{ events: { edges: { cursor: string }[] } }>(lastBefore, { moment })
  return { workspace, cursor: events.edges[0]?.cursor ?? eventLog.earliestCursor }
}
