import { initContextCache } from '@pothos/core'
import type { Databases } from '../database/connect.ts'
import type { Reads } from '../database/reads.ts'
import type { EventFeed } from '../events/event-feed.ts'
import type { CommandContext } from '../idempotency/run-command.ts'
import type { Actor } from '../shared/actor.ts'

/** What resolvers get: who asks, what they can read, and what commands need. */
export interface Context {
  actor: Actor
  reads: Reads
  commands: CommandContext
  feed: EventFeed
  requestId: string
  /** The place in the log that all data of the operation is at least as new as, where it asks for one. */
  eventCursor?: string | undefined
  /** The cursor that a stream which was cut resumes after, whatever its document says. */
  resumeAfter?: string | undefined
}

/** The context of one operation; its loaders live until {@link renewLoaders}. */
export function createContext(actor: Actor, databases: Databases, feed: EventFeed, requestId: string): Context {
  return {
    ...initContextCache(),
    actor,
    reads: databases.reads(actor.workspace.id),
    commands: { db: databases.db, actor, committed: workspaceId => feed.wake(workspaceId) },
    feed,
    requestId,
  }
}

/** Forgets what was loaded: one event of a stream or one field of a mutation must not see an older state. */
export function renewLoaders(context: Context): void {
  Object.assign(context, initContextCache())
}
