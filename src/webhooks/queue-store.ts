import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { EventRow } from '../events/event-store.ts'
import { eventColumns } from '../events/event-store.ts'
import type { DeliveryOrigin } from './delivery.ts'
import type { EndpointRow } from './endpoint-store.ts'

/** A delivery that is not finished. */
export interface QueueRow {
  workspace_id: string
  delivery_id: string
  delivery_created_at: string
  endpoint_id: string
  event_sequence: string
  event_created_at: string
  /** Attempts that were made, over all its life. */
  attempts: number
  /** Failures since it was queued. */
  failures: number
  queued_at: string
  /** Null where any order will do. */
  lane: string | null
}

/** What a queue has to know of an event. */
export type DraftEvent = Pick<EventRow, 'sequence' | 'event_id' | 'created_at' | 'type' | 'subject_type' | 'subject_id'>

/** One event for one endpoint, to be queued. */
export interface Draft<Event extends DraftEvent = DraftEvent> {
  endpoint: EndpointRow
  event: Event
  /** Whether whoever queues it sends it now; else it waits for somebody to claim it. */
  isTaken: boolean
}

/** Whoever takes a delivery has so many seconds to say how it went, before others take it. */
export const leaseSeconds = 60

const lease = sql`${leaseSeconds} * interval '1 second'`

const queueColumns = (table: string) => {
  const names = ['workspace_id', 'delivery_id', 'delivery_created_at', 'endpoint_id', 'event_sequence']
  const state = ['event_created_at', 'attempts', 'failures', 'queued_at', 'lane']
  return sql.join([...names, ...state].map(name => sql.ref(`${table}.${name}`)))
}

/**
 * Makes deliveries and queues them, in the order of the drafts, which is that of their ids. The endpoints have to be locked: of
 * each lane one is due, and whoever adds to it has to know of it.
 */
export async function queueDrafts(
  trx: Kysely<DB>,
  workspaceId: string,
  drafts: readonly Draft[],
  origin: DeliveryOrigin,
): Promise<QueueRow[]> {
  if (drafts.length === 0) return []
  const column = <Value>(of: (draft: Draft) => Value) => drafts.map(of)
  const { rows } = await sql<QueueRow>`
    with draft as (
      select ${workspaceId}::bigint as workspace_id, d.* from unnest(
        ${column(draft => draft.endpoint.id)}::bigint[], ${column(draft => draft.event.sequence)}::bigint[],
        ${column(draft => draft.event.event_id)}::uuid[], ${column(draft => draft.event.created_at)}::timestamptz[],
        ${column(draft => draft.event.type)}::text[], ${column(laneOf)}::text[],
        ${column(draft => draft.isTaken)}::boolean[]
      ) with ordinality as d(endpoint_id, event_sequence, event_id, event_created_at, event_type, lane, is_taken, place)
    ), made as (
      insert into webhook_deliveries
        (workspace_id, endpoint_id, event_id, event_sequence, event_type, origin, status, next_attempt_at)
      select workspace_id, endpoint_id, event_id, event_sequence, event_type, ${origin}, 'pending', now()
      from draft order by place
      returning workspace_id, id, created_at, endpoint_id, event_sequence
    )
    insert into webhook_queue (workspace_id, delivery_id, delivery_created_at, endpoint_id, event_sequence,
      event_created_at, lane, attempts, queued_at, leased, due_at)
    select made.workspace_id, made.id, made.created_at, endpoint_id, event_sequence, event_created_at, lane, 0,
      made.created_at, is_taken, case
        when is_taken then clock_timestamp() + ${lease}
        when lane is null then now()
        when row_number() over (partition by endpoint_id, lane order by made.id) = 1 and not exists (
          select from webhook_queue q
          where q.workspace_id = made.workspace_id and q.endpoint_id = made.endpoint_id and q.lane = draft.lane) then now()
      end
    from made join draft using (workspace_id, endpoint_id, event_sequence) order by made.id
    returning ${queueColumns('webhook_queue')}`.execute(trx)
  return rows
}

/** The lane of an event at an endpoint; null where any order will do. */
export function laneOf({
  endpoint,
  event,
}: {
  endpoint: Pick<EndpointRow, 'ordered'>
  event: Pick<EventRow, 'subject_type' | 'subject_id'>
}): string | null {
  return endpoint.ordered ? `${event.subject_type}/${event.subject_id}` : null
}

/** How many deliveries of an endpoint the one who claims has room for. */
interface Room {
  workspaceId: string
  endpointId: string
  room: number
}

/**
 * Takes deliveries that are due, of enabled endpoints whose receivers want any now: of endpoints without a room of their
 * own at most `otherRoom` each (0: none), together at most `limit`. Others may claim at the same time.
 */
export async function claimDue(
  db: Kysely<DB>,
  { rooms, otherRoom, limit }: { rooms: readonly Room[]; otherRoom: number; limit: number },
): Promise<QueueRow[]> {
  const { rows } = await sql<QueueRow>`
    with ready as (
      select due.workspace_id, due.delivery_id
      from (
        select e.workspace_id, e.id, coalesce(r.room, ${otherRoom}::int) as room
        from webhook_endpoints e
        left join unnest(${rooms.map(room => room.workspaceId)}::bigint[], ${rooms.map(room => room.endpointId)}::bigint[],
          ${rooms.map(room => room.room)}::int[]) as r(workspace_id, endpoint_id, room)
          on r.workspace_id = e.workspace_id and r.endpoint_id = e.id
        where e.enabled and coalesce(r.room, ${otherRoom}::int) > 0 and (e.held_until is null or e.held_until <= now())
        order by random()
      ) e
      cross join lateral (
        select q.workspace_id, q.delivery_id from webhook_queue q
        where q.workspace_id = e.workspace_id and q.endpoint_id = e.id and q.due_at <= now()
        order by q.due_at, q.delivery_id
        limit e.room
        for update skip locked
      ) due
      limit ${limit}
    )
    update webhook_queue q set leased = true, due_at = clock_timestamp() + ${lease}
    from ready where q.workspace_id = ready.workspace_id and q.delivery_id = ready.delivery_id
    returning ${queueColumns('q')}`.execute(db)
  return rows.sort((a, b) => Number(a.delivery_id) - Number(b.delivery_id))
}

/** Whether any delivery of an enabled endpoint, whose receiver wants any now, is due and nobody has it. */
export async function isAnyDue(db: Kysely<DB>): Promise<boolean> {
  const { rows } = await sql`
    select from webhook_endpoints e where e.enabled and (e.held_until is null or e.held_until <= now()) and exists (
      select from webhook_queue q
      where q.workspace_id = e.workspace_id and q.endpoint_id = e.id and q.due_at <= now())
    limit 1`.execute(db)
  return rows.length > 0
}

/** Gives back deliveries that were taken and not sent; somebody else may send them at once. */
export async function release(db: Kysely<DB>, taken: readonly QueueRow[]): Promise<void> {
  if (taken.length === 0) return
  await sql`
    with held as materialized (
      select q.workspace_id, q.delivery_id from webhook_queue q
      join ${pairs(taken)} as r(workspace_id, delivery_id)
        on q.workspace_id = r.workspace_id and q.delivery_id = r.delivery_id
      where q.leased order by q.workspace_id, q.delivery_id for update of q
    )
    update webhook_queue q set leased = false, due_at = now() from held
    where q.workspace_id = held.workspace_id and q.delivery_id = held.delivery_id`.execute(db)
}

/** Locks deliveries, always in the same order; returns when those that are still queued were. */
export async function lockQueued(
  trx: Kysely<DB>,
  queued: readonly QueueRow[],
): Promise<{ delivery_id: string; queued_at: string }[]> {
  const { rows } = await sql<{ delivery_id: string; queued_at: string }>`
    select q.delivery_id, q.queued_at from webhook_queue q
    join ${pairs(queued)} as r(workspace_id, delivery_id)
      on q.workspace_id = r.workspace_id and q.delivery_id = r.delivery_id
    order by q.workspace_id, q.delivery_id for update of q`.execute(trx)
  return rows
}

function pairs(queued: readonly QueueRow[]) {
  return sql`unnest(${queued.map(row => row.workspace_id)}::bigint[], ${queued.map(row => row.delivery_id)}::bigint[])`
}

/**
 * After deliveries are done, makes the next one of each of their lanes due, unless one is. Their endpoints have to be locked.
 */
export async function advanceLanes(
  trx: Kysely<DB>,
  done: readonly Pick<QueueRow, 'workspace_id' | 'endpoint_id' | 'lane'>[],
): Promise<void> {
  const ordered = done.filter(row => row.lane !== null)
  if (ordered.length === 0) return
  await sql`
    update webhook_queue q set due_at = now()
    from (
      select distinct * from unnest(${ordered.map(row => row.workspace_id)}::bigint[],
        ${ordered.map(row => row.endpoint_id)}::bigint[], ${ordered.map(row => row.lane)}::text[]) as l(workspace_id, endpoint_id, lane)
    ) l
    cross join lateral (
      select n.delivery_id from webhook_queue n
      where n.workspace_id = l.workspace_id and n.endpoint_id = l.endpoint_id and n.lane = l.lane
      order by n.delivery_id limit 1
    ) next
    where q.workspace_id = l.workspace_id and q.delivery_id = next.delivery_id and not exists (
      select from webhook_queue head
      where head.workspace_id = l.workspace_id and head.endpoint_id = l.endpoint_id and head.lane = l.lane
        and head.due_at is not null)`.execute(trx)
}

/** The events of queued deliveries that the log still has. */
export async function eventsOf(db: Kysely<DB>, queued: readonly QueueRow[]): Promise<EventRow[]> {
  if (queued.length === 0) return []
  const times = queued.map(row => row.event_created_at).sort()
  const columns = eventColumns.map(column => {
    const [name = '', alias] = column.split(' as ')
    return alias === undefined ? sql.ref(`e.${name}`) : sql`${sql.ref(`e.${name}`)} as ${sql.ref(alias)}`
  })
  // The bounds leave partitions out before the statement runs.
  const { rows } = await sql<EventRow>`
    select distinct on (e.workspace_id, e.sequence) ${sql.join(columns)}
    from unnest(${queued.map(row => row.workspace_id)}::bigint[], ${queued.map(row => row.event_sequence)}::bigint[],
      ${queued.map(row => row.event_created_at)}::timestamptz[]) as w(workspace_id, sequence, created_at)
    join events e on e.workspace_id = w.workspace_id and e.sequence = w.sequence and e.created_at = w.created_at
    where e.created_at between ${times[0]} and ${times.at(-1)}`.execute(db)
  return rows
}
