import { type Selectable, sql } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'
import type { Reads } from '../database/reads.ts'
import { statement } from '../database/statement.ts'
import type { Events } from '../database/tables.ts'
import type { LogBounds } from './cursor.ts'
import { contactCondition, productCondition } from './event-concerns.ts'

/** One event of the log, as it is read everywhere. */
export interface EventRow extends Omit<Selectable<Events>, 'id'> {
  /** The sequence: the log's own id of the event, unique in its workspace. */
  id: string
  /** The UUID that webhooks show as `event_id`. */
  event_id: string
}

/** The columns of an event, listed: a named `select *` would fail for ever after a new column. */
export const eventColumns = [
  'workspace_id',
  'sequence',
  'sequence as id',
  'id as event_id',
  'created_at',
  'type',
  'subject_type',
  'subject_id',
  'live_mode',
  'api_version',
  'data',
  'actor_type',
  'actor_id',
  'actor_name',
] as const

const eventsBySequence = statement<{ sequences: readonly string[] }>()('events_by_sequence', (db, param) =>
  db
    .selectFrom('events')
    .select(eventColumns)
    .where('workspace_id', '=', param('workspace'))
    .where('sequence', '=', sql<string>`any(${param('sequences')})`),
)

const eventsByUuid = statement<{ eventIds: readonly string[] }>()('events_by_uuid', (db, param) =>
  db
    .selectFrom('events')
    .select(eventColumns)
    .where('workspace_id', '=', param('workspace'))
    .where('id', '=', sql<string>`any(${param('eventIds')})`),
)

const eventsAfter = statement<{ after: string; limit: number }>()('events_after', (db, param) =>
  db
    .selectFrom('events')
    .select(eventColumns)
    .where('workspace_id', '=', param('workspace'))
    .where('sequence', '>', param('after'))
    .orderBy('sequence')
    .limit(param('limit')),
)

const eventsBefore = statement<{ before: string; limit: number }>()('events_before', (db, param) =>
  db
    .selectFrom('events')
    .select(eventColumns)
    .where('workspace_id', '=', param('workspace'))
    .where('sequence', '<', param('before'))
    .orderBy('sequence', 'desc')
    .limit(param('limit')),
)

const logBounds = statement<object>()('event_log_bounds', (db, param) =>
  db
    .selectFrom('workspace_counters')
    .select(eb => [
      'last_sequence as last',
      eb
        .selectFrom('events')
        .select('sequence')
        .where('workspace_id', '=', param('workspace'))
        .orderBy('sequence')
        .limit(1)
        .as('earliest'),
    ])
    .where('workspace_id', '=', param('workspace')),
)

const lastSequence = statement<object>()('event_log_last', (db, param) =>
  db.selectFrom('workspace_counters').select('last_sequence as last').where('workspace_id', '=', param('workspace')),
)

/** The events with these sequences that the log still has, in any order. */
export function loadEvents(reads: Reads, sequences: readonly string[]): Promise<EventRow[]> {
  return reads.all(eventsBySequence, { sequences })
}

/** The events with these UUIDs that the log still has, in any order. */
export function loadEventsByUuid(reads: Reads, eventIds: readonly string[]): Promise<EventRow[]> {
  return reads.all(eventsByUuid, { eventIds })
}

/** At most `limit` events that follow a sequence, in the log's order. */
export function readEventsAfter(reads: Reads, after: string, limit: number): Promise<EventRow[]> {
  return reads.all(eventsAfter, { after, limit })
}

/** The sequence of the workspace's last event; 0 before the first one. */
export async function readLastSequence(reads: Reads): Promise<string> {
  const [row] = await reads.all(lastSequence, {})
  return row?.last ?? '0'
}

/**
 * What the log holds, as two places in it: `begin`, after which the earliest kept event comes (0 until one expires), and
 * `last`, the sequence of its last event. Equal when nothing is kept.
 */
export async function readLogBounds(reads: Reads): Promise<LogBounds> {
  const [row] = await reads.all(logBounds, {})
  if (row === undefined) return { begin: '0', last: '0' }
  return { begin: row.earliest === null ? row.last : String(BigInt(row.earliest) - 1n), last: row.last }
}

/** What a list of events can be narrowed by; null and absent mean the same. */
export interface EventFilter {
  types?: readonly string[] | null | undefined
  subject?: { type: string; id: string } | undefined
  liveMode?: boolean | null | undefined
  /** About this contact, or an order or invoice of theirs. */
  contactId?: string | undefined
  /** About this product, a variant of it, or an order or invoice that sells it. */
  productId?: string | undefined
  createdAt?: Range | undefined
}

/** The conditions of a filter. */
export function eventConditions(filter: EventFilter): Condition[] {
  const { types, subject, liveMode, contactId, productId, createdAt } = filter
  return [
    ...oneOf('type', types),
    ...equals('subject_type', subject?.type),
    ...equals('subject_id', subject?.id),
    ...equals('live_mode', liveMode),
    ...within('created_at', createdAt),
    ...(contactId === undefined ? [] : [contactCondition(contactId)]),
    ...(productId === undefined ? [] : [productCondition(productId)]),
  ]
}

/** A stretch of the log: at most `limit` events beyond a sequence, towards its end or (`backward`) its beginning. */
export interface LogStretch {
  beyond: string | undefined
  backward: boolean
  limit: number
}

const first = '0'
const beyondLast = '9223372036854775807'

/** The events of one stretch, in reading order; with conditions over the pool, since its cost depends on them. */
export function readStretch(
  reads: Reads,
  { beyond, backward, limit }: LogStretch,
  conditions: readonly Condition[],
): Promise<EventRow[]> {
  if (conditions.length === 0) {
    if (!backward) return readEventsAfter(reads, beyond ?? first, limit)
    return reads.all(eventsBefore, { before: beyond ?? beyondLast, limit })
  }
  return reads.filtered((db, workspaceId) =>
    db
      .selectFrom('events')
      .select(eventColumns)
      .where('workspace_id', '=', workspaceId)
      .where('sequence', backward ? '<' : '>', beyond ?? (backward ? beyondLast : first))
      .where(sql<boolean>`${sql.join([sql`true`, ...conditions], sql` and `)}`)
      .orderBy('sequence', backward ? 'desc' : 'asc')
      .limit(limit),
  )
}

/** How many events the log keeps; without conditions it follows from the bounds, since there are no gaps. */
export async function countEvents(reads: Reads, conditions: readonly Condition[]): Promise<number> {
  if (conditions.length === 0) {
    const { begin, last } = await readLogBounds(reads)
    return Number(last) - Number(begin)
  }
  const [row] = await reads.filtered((db, workspaceId) =>
    db
      .selectFrom('events')
      .select(eb => eb.fn.countAll<string>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .where(sql<boolean>`${sql.join(conditions, sql` and `)}`),
  )
  return Number(row?.count ?? 0)
}
