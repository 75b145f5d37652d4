import { builder } from '../graphql/builder.ts'
import { type Connection, connectionType, pageArgs } from '../graphql/connection.ts'
import type { Context } from '../graphql/context.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { timeRange } from '../graphql/filter-values.ts'
import { idArgument } from '../graphql/node.ts'
import { encodeCursor, type PageArgs, seekOf } from '../graphql/page.ts'
import { badUserInput } from '../graphql/request-errors.ts'
import { encodeEventCursor } from './cursor.ts'
import { placeArgument } from './event-cursor-schema.ts'
import { EventGroupEnum, EventTypeEnum } from './event-enums.ts'
import { sharedFilter, sharedFilterWords, subjectArgument } from './event-filter-schema.ts'
import { EventRef } from './event-refs.ts'
import {
  countEvents,
  type EventFilter,
  type EventRow,
  eventConditions,
  type LogStretch,
  loadEventsByUuid,
  readStretch,
} from './event-store.ts'

/** A list of events. */
const EventConnection = connectionType('Event', EventRef)

const EventFilterInput = builder.inputType('EventFilter', {
  description: 'Narrows a list of events; several members must all hold; null means the same as absent.',
  fields: t => ({
    types: t.field({ type: [EventTypeEnum], description: 'Any of these types.' }),
    subjectId: t.id({ description: 'About this contact, order, invoice, product or variant.' }),
    liveMode: t.boolean({ description: 'Only of live orders, or only of test orders; neither has those of contacts.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Happened in this stretch of time.' }),
    groups: t.field({ type: [EventGroupEnum], description: sharedFilterWords.groups }),
    contactId: t.id({ description: sharedFilterWords.contactId }),
    productId: t.id({ description: sharedFilterWords.productId }),
  }),
})

/** The stretch that paging arguments ask for, one row more than the page. */
async function stretchOf(context: Context, { first, after, last, before }: PageArgs): Promise<LogStretch> {
  // The rules are those of all lists, only the cursors are the log's own.
  const sort = { column: 'sequence', descending: false }
  const someCursor = encodeCursor(context.reads.workspaceId, 'events', sort, { sequence: '1', id: '1' })
  const stand = (cursor: string | null | undefined) => (cursor == null ? null : someCursor)
  const args = { first, after: stand(after), last, before: stand(before) }
  const { backward, limit } = seekOf(context.reads.workspaceId, 'events', sort, args)
  const cursor = (backward ? before : after) ?? undefined
  const argument = backward ? 'before' : 'after'
  return { beyond: cursor === undefined ? undefined : await placeArgument(context, cursor, argument), backward, limit }
}

async function readEvents(context: Context, page: PageArgs, filter: EventFilter): Promise<Connection<EventRow>> {
  const stretch = await stretchOf(context, page)
  const conditions = eventConditions(filter)
  const rows = await readStretch(context.reads, stretch, conditions)
  const hasMore = rows.length === stretch.limit
  const events = hasMore ? rows.slice(0, -1) : rows
  if (stretch.backward) events.reverse()
  const edges = events.map(node => ({ cursor: encodeEventCursor(context.actor.workspace, node.sequence), node }))
  const hasBefore = stretch.beyond !== undefined
  return {
    edges,
    pageInfo: {
      hasNextPage: stretch.backward ? hasBefore : hasMore,
      hasPreviousPage: stretch.backward ? hasMore : hasBefore,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => countEvents(context.reads, conditions),
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

builder.queryFields(t => ({
  event: t.field({
    type: EventRef,
    nullable: true,
    scope: 'events:read',
    description: 'One event by id or UUID; null when the log has none, or no longer has it.',
    args: {
      id: t.arg.id({ description: 'The global id of an event.' }),
      eventId: t.arg.string({ description: 'The UUID that webhooks show as `event_id`.' }),
    },
    async resolve(_root, { id, eventId }, context) {
      if ((id == null) === (eventId == null)) throw badUserInput('Give either id or eventId.', 'id')
      if (id != null) return EventRef.getDataloader(context).load(idArgument('Event', id, 'id'))
      if (!uuid.test(eventId ?? '')) throw badUserInput('Not a UUID.', 'eventId')
      const [event] = await loadEventsByUuid(context.reads, [eventId ?? ''])
      return event
    },
  }),
  events: t.field({
    type: EventConnection,
    scope: 'events:read',
    description:
      'The event log, in its order. The cursors of its edges are places in the log: a subscription can go on from them.',
    args: { ...pageArgs(t), filter: t.arg({ type: EventFilterInput, description: 'Narrows the list.' }) },
    resolve: (_root, { filter, ...page }, context) =>
      readEvents(context, page, {
        ...sharedFilter(filter ?? {}, 'filter'),
        subject: subjectArgument(filter?.subjectId, 'filter'),
        liveMode: filter?.liveMode,
        createdAt: timeRange(filter?.createdAt, 'filter.createdAt'),
      }),
  }),
}))
