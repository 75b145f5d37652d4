import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import { encodeEventCursor } from './cursor.ts'
import { readLastSequence, readLogBounds } from './event-store.ts'

// Awaited before the operation's other statements are sent: on connections of their own they could overtake this one.
async function readSnapshotCursor(context: Context): Promise<void> {
  const { actor, reads } = context
  context.eventCursor = encodeEventCursor(actor.workspace, await readLastSequence(reads))
}

const EventLog = builder.objectRef<{ earliestCursor: string; lastCursor: string }>('EventLog').implement({
  description: 'What the event log keeps.',
  fields: t => ({
    earliestCursor: t.exposeString('earliestCursor', {
      description: 'The place before the earliest event that is kept: `after` it comes everything there is.',
    }),
    lastCursor: t.exposeString('lastCursor', { description: 'The place of the last event.' }),
  }),
})

builder.queryFields(t => ({
  eventCursor: t.string({
    description:
      'A place in the event log that all data of this answer is at least as new as: `events(after:)` this cursor misses nothing that is not in the answer.',
    extensions: { leadingRead: readSnapshotCursor },
    resolve(_root, _args, { eventCursor }) {
      if (eventCursor === undefined) throw new Error('eventCursor was not read before the operation')
      return eventCursor
    },
  }),
  eventLog: t.field({
    type: EventLog,
    scope: 'events:read',
    description: 'The ends of the event log: earlier events are no longer kept.',
    async resolve(_root, _args, { actor: { workspace }, reads }) {
      const { begin, last } = await readLogBounds(reads)
      return { earliestCursor: encodeEventCursor(workspace, begin), lastCursor: encodeEventCursor(workspace, last) }
    },
  }),
}))
