import { GraphQLError } from 'graphql'
import type { Reads } from '../database/reads.ts'
import { badCursor } from '../graphql/request-errors.ts'
import type { Actor } from '../shared/actor.ts'
import { BadCursor, decodeEventCursor, encodeEventCursor } from './cursor.ts'
import { readLogBounds } from './event-store.ts'

type Workspace = Actor['workspace']

/** The sequence in a log cursor. Throws BAD_CURSOR when it is unreadable, of another workspace or of before a restore. */
export function cursorArgument(workspace: Workspace, cursor: string, argument: string): string {
  try {
    return decodeEventCursor(workspace, cursor)
  } catch (error) {
    throw error instanceof BadCursor ? badCursor(argument) : error
  }
}

/**
 * The sequence in a log cursor whose following events the log has. Throws BAD_CURSOR also for a cursor of the future, and
 * where events after it are no longer kept: then with the earliest place to continue from in `extensions.earliest`.
 */
export async function placeArgument(
  { actor: { workspace }, reads }: { actor: Actor; reads: Reads },
  cursor: string,
  argument: string,
): Promise<string> {
  const place = cursorArgument(workspace, cursor, argument)
  const { begin, last } = await readLogBounds(reads)
  if (BigInt(place) > BigInt(last)) throw badCursor(argument)
  if (BigInt(place) < BigInt(begin)) throw expiredCursor(workspace, begin, argument)
  return place
}

/** The refusal of a place before `begin`, after which the log has everything. */
export function expiredCursor(workspace: Workspace, begin: string, argument: string): GraphQLError {
  const earliest = encodeEventCursor(workspace, begin)
  return new GraphQLError('Events after this cursor are no longer kept. Continue from `earliest`.', {
    extensions: { code: 'BAD_CURSOR', argument, earliest },
  })
}
