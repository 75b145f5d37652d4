import type { Actor } from '../shared/actor.ts'

/** A cursor that is unreadable, of another workspace, of the future or of a time before a restore. */
export class BadCursor extends Error {
  override name = 'BadCursor'
}

const version = 'e1'

/** The log's one cursor (api.md): opaque outside; version, epoch, workspace and sequence inside. */
export function encodeEventCursor(workspace: Actor['workspace'], sequence: string): string {
  return Buffer.from(`${version}:${workspace.epoch}:${workspace.id}:${sequence}`).toString('base64url')
}

/** The sequence that a cursor of this workspace holds. Throws {@link BadCursor}; the future is {@link placeOf}'s to check. */
export function decodeEventCursor(workspace: Actor['workspace'], cursor: string): string {
  const sequence = Buffer.from(cursor, 'base64url').toString().split(':')[3] ?? ''
  if (!/^(0|[1-9]\d{0,17})$/.test(sequence) || encodeEventCursor(workspace, sequence) !== cursor) {
    throw new BadCursor('not a cursor of this log')
  }
  return sequence
}

/** What a log has: everything after one sequence, up to another. */
export interface LogBounds {
  begin: string
  last: string
}

/** The place that a cursor is in its log, and whether all that follows it is kept. Throws {@link BadCursor}. */
export function placeOf(
  workspace: Actor['workspace'],
  cursor: string,
  { begin, last }: LogBounds,
): { place: string; isKept: boolean } {
  const place = decodeEventCursor(workspace, cursor)
  if (BigInt(place) > BigInt(last)) throw new BadCursor('a cursor of the future')
  return { place, isKept: BigInt(place) >= BigInt(begin) }
}
