import { GraphQLError } from 'graphql'
import type { Reads } from '../database/reads.ts'
import { badCursor } from '../graphql/request-errors.ts'
import type { Actor } from '../shared/actor.ts'
import { BadCursor, encodeEventCursor, placeOf } from './cursor.ts'
import { readLastSequence, readLogBounds } from './event-store.ts'
import type { ControlItem } from './stream-item.ts'

type Workspace = Actor['workspace']

/** Where a stream begins: after which sequence, and what it says first. */
interface StreamStart {
  after: string
  opening?: ControlItem | undefined
}

/**
 * Where a stream begins that is to continue after a cursor, after `START`, or (absent) from now on. Throws BAD_CURSOR for
 * a cursor of the future; one whose following events are no longer kept gives CursorExpired.
 */
export async function streamStart(context: Asking, after: string | null | undefined): Promise<StreamStart> {
  if (after == null) return { after: await readLastSequence(context.reads) }
  if (after === 'START') return { after: (await readLogBounds(context.reads)).begin }
  const { place, begin, isKept } = await readPlace(context, after, 'after')
  return { after: place, opening: isKept ? undefined : { kind: 'CursorExpired', sequence: place, begin } }
}

/**
 * The sequence in a log cursor whose following events the log has. Throws BAD_CURSOR also where events after it are no longer
 * kept: then with the earliest place to continue from in `extensions.earliest`.
 */
export async function placeArgument(context: Asking, cursor: string, argument: string): Promise<string> {
  const { place, begin, isKept } = await readPlace(context, cursor, argument)
  if (!isKept) throw expiredCursor(context.actor.workspace, begin, argument)
  return place
}

interface Asking {
  actor: Actor
  reads: Reads
}

async function readPlace({ actor: { workspace }, reads }: Asking, cursor: string, argument: string) {
  const bounds = await readLogBounds(reads)
  try {
    return { ...placeOf(workspace, cursor, bounds), begin: bounds.begin }
  } catch (error) {
    throw error instanceof BadCursor ? badCursor(argument) : error
  }
}

// The refusal of a place before `begin`, after which the log has everything.
function expiredCursor(workspace: Workspace, begin: string, argument: string): GraphQLError {
  const earliest = encodeEventCursor(workspace, begin)
  return new GraphQLError('Events after this cursor are no longer kept. Continue from `earliest`.', {
    extensions: { code: 'BAD_CURSOR', argument, earliest },
  })
}
