import { builder } from '../graphql/builder.ts'
import { type Context, renewLoaders } from '../graphql/context.ts'
import { streamStart } from './event-cursor-schema.ts'
import { EventGroupEnum, EventTypeEnum } from './event-enums.ts'
import { sharedFilter, sharedFilterWords, subjectArgument } from './event-filter-schema.ts'
import { matching } from './event-matches.ts'
import { EventStreamItem } from './event-schema.ts'
import { type EventFilter, readLastSequence } from './event-store.ts'
import { LogSubscription } from './log-subscription.ts'
import type { ControlItem } from './stream-item.ts'

/** The log of the context's workspace from a place on, narrowed by a filter. */
function subscribeToLog(
  { actor: { workspace }, feed, reads }: Context,
  { after, opening }: { after: string; opening?: ControlItem | undefined },
  filter: EventFilter,
  saysWhere: boolean,
): LogSubscription {
  return new LogSubscription({
    feed,
    reads,
    workspace,
    matches: matching(filter),
    after: Number(after),
    opening,
    saysWhere,
  })
}

/** The changes of one object: its state first, then each event about it. */
export async function subscribeToSubject(context: Context, type: string, id: string): Promise<LogSubscription> {
  // The place is read before the state, so that no change lies between them.
  const after = await readLastSequence(context.reads)
  return subscribeToLog(
    context,
    { after, opening: { kind: 'State', sequence: after } },
    { subject: { type, id } },
    false,
  )
}

builder.subscriptionFields(t => ({
  events: t.field({
    type: EventStreamItem,
    scope: 'events:read',
    description:
      'Every event from a place in the log on, in order, each once, between items that say where the stream stands. After a cut, continue `after` the last cursor of any item.',
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
      groups: t.arg({ type: [EventGroupEnum], description: sharedFilterWords.groups }),
      contactId: t.arg.id({ description: sharedFilterWords.contactId }),
      productId: t.arg.id({ description: sharedFilterWords.productId }),
    },
    async subscribe(_root, { after, subjectId, liveMode, ...shared }, context) {
      const filter = { ...sharedFilter(shared), subject: subjectArgument(subjectId, 'subjectId'), liveMode }
      return subscribeToLog(context, await streamStart(context, context.resumeAfter ?? after), filter, true)
    },
    resolve(item, _args, context) {
      renewLoaders(context)
      return item
    },
  }),
}))
