import { builder } from '../graphql/builder.ts'
import { type Context, renewLoaders } from '../graphql/context.ts'
import { expiredCursor, placeArgument } from './event-cursor-schema.ts'
import { EventTypeEnum } from './event-enums.ts'
import { subjectArgument } from './event-filter-schema.ts'
import { EventStreamItem } from './event-schema.ts'
import { type EventFilter, type EventRow, readLastSequence, readLogBounds } from './event-store.ts'
import { EventsExpired, followEvents } from './follow-events.ts'

/** Whether an event passes a filter, told from its row alone. */
function matching({ types, subject, liveMode }: EventFilter): (event: EventRow) => boolean {
  const wanted = types == null ? undefined : new Set<string>(types)
  return event =>
    (wanted === undefined || wanted.has(event.type)) &&
    (subject === undefined || (subject.id === event.subject_id && subject.type === event.subject_type)) &&
    (liveMode == null || liveMode === event.live_mode)
}

async function startOf(context: Context, after: string | null | undefined): Promise<string> {
  if (after == null) return readLastSequence(context.reads)
  return after === 'START' ? (await readLogBounds(context.reads)).begin : placeArgument(context, after, 'after')
}

// Whoever reads so slowly that the retention overtakes them is told where to continue.
function refuse({ actor }: Context, error: unknown): never {
  throw error instanceof EventsExpired ? expiredCursor(actor.workspace, error.begin, 'after') : error
}

builder.subscriptionFields(t => ({
  events: t.field({
    type: EventStreamItem,
    scope: 'events:read',
    description:
      'Every event from a place in the log on, in order, each once. After a cut, continue `after` the last cursor.',
    args: {
      after: t.arg.string({
        description:
          'A cursor of the log: whatever lies after it is delivered first. `START` is the place before the earliest event that is kept. Absent: from now on.',
      }),
      types: t.arg({ type: [EventTypeEnum], description: 'Only events of these types.' }),
      subjectId: t.arg.id({ description: 'Only about this contact, order, invoice, product or variant.' }),
      liveMode: t.arg.boolean({
        description: 'Only of live orders, or only of test orders; neither has those of contacts.',
      }),
    },
    async subscribe(_root, { after, types, subjectId, liveMode }, context) {
      const { feed, reads } = context
      const matches = matching({ types, subject: subjectArgument(subjectId, 'subjectId'), liveMode })
      const events = followEvents(feed, reads, { after: await startOf(context, after), matches })
      return { ...events, next: () => events.next().catch((error: unknown) => refuse(context, error)) }
    },
    resolve(event, _args, context) {
      renewLoaders(context)
      return event
    },
  }),
}))
