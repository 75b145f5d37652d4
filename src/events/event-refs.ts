import type { Reads } from '../database/reads.ts'
import { nodeRef } from '../graphql/node.ts'
import { type EventRow, loadEvents } from './event-store.ts'

/** The id inside an event's global id: sequences count up in each workspace, so it names that too. */
export function eventIdOf(event: EventRow): string {
  return `${event.workspace_id}-${event.sequence}`
}

// An event of another workspace is none of ours, though we have one with the same sequence.
function loadOwnEvents(reads: Reads, ids: readonly string[]): Promise<EventRow[]> {
  const own = ids.map(id => id.split('-')).filter(([workspaceId]) => workspaceId === reads.workspaceId)
  const sequences = own.flatMap(([, sequence]) => sequence ?? [])
  return sequences.length === 0 ? Promise.resolve([]) : loadEvents(reads, sequences)
}

/** The GraphQL type of an event, for the modules that point to it. */
export const EventRef = nodeRef('Event', { scope: 'events:read', load: loadOwnEvents, idOf: eventIdOf })
