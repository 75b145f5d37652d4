import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { RoundTrip } from './delivery.ts'
import type { QueueRow } from './queue-store.ts'

/** How an attempt went and what becomes of its delivery. */
export interface Result {
  queued: QueueRow
  trip: RoundTrip
  status: 'delivered' | 'dead' | 'pending'
  /** Until the next attempt; undefined when there is none. */
  waitMs: number | undefined
  /** For how long the receiver wants nothing at all; undefined when it did not say so. */
  holdMs: number | undefined
  /** Whether the endpoint was failing before, as far as it was known. */
  wasFailing: boolean
}

/**
 * Writes what attempts came to, all of them or none: the attempts, what their deliveries are now, and the queue, which keeps
 * those that will be tried again. A delivery that another process finished meanwhile stays finished.
 */
export async function writeResults(db: Kysely<DB>, results: readonly Result[]): Promise<void> {
  const column = <Value>(of: (result: Result) => Value) => results.map(of)
  const times = column(({ queued }) => queued.delivery_created_at).sort()
  await sql`
    with result as (
      select * from unnest(
        ${column(({ queued }) => queued.workspace_id)}::bigint[], ${column(({ queued }) => queued.delivery_id)}::bigint[],
        ${column(({ queued }) => queued.delivery_created_at)}::timestamptz[], ${column(({ status }) => status)}::text[],
        ${column(({ queued }) => queued.attempts + 1)}::int[], ${column(({ waitMs }) => waitMs ?? null)}::bigint[],
        ${column(({ trip }) => new Date(trip.startedAt).toISOString())}::timestamptz[],
        ${column(({ trip }) => Math.round(trip.durationMs))}::int[], ${column(({ trip }) => trip.statusCode ?? null)}::int[],
        ${column(({ trip }) => trip.error ?? null)}::text[], ${column(({ trip }) => trip.requestHead)}::text[],
        ${column(({ trip }) => trip.responseHead ?? null)}::text[], ${column(({ trip }) => trip.responseBody ?? null)}::text[]
      ) as r(workspace_id, delivery_id, delivery_created_at, status, attempts, wait_ms, started_at, duration_ms,
        status_code, error, request_head, response_head, response_body)
    ), finished as (
      delete from webhook_queue q using result r
      where q.workspace_id = r.workspace_id and q.delivery_id = r.delivery_id and r.status <> 'pending'
    ), waiting as (
      update webhook_queue q set attempts = r.attempts, failures = q.failures + 1,
        due_at = now() + r.wait_ms * interval '1 millisecond'
      from result r
      where q.workspace_id = r.workspace_id and q.delivery_id = r.delivery_id and r.status = 'pending'
    ), tried as (
      insert into webhook_attempts (workspace_id, delivery_id, number, created_at, duration_ms, status_code, error,
        request_head, response_head, response_body)
      select workspace_id, delivery_id, attempts, started_at, duration_ms, status_code, error, request_head,
        response_head, response_body from result
      on conflict do nothing
    )
    update webhook_deliveries d set status = r.status, attempts = r.attempts,
      next_attempt_at = now() + r.wait_ms * interval '1 millisecond',
      finished_at = case when r.status = 'pending' then null else now() end
    from result r
    where d.workspace_id = r.workspace_id and d.id = r.delivery_id and d.created_at = r.delivery_created_at
      and d.created_at between ${times[0]} and ${times.at(-1)}
      and (d.status = 'pending' or r.status = 'delivered')`.execute(db)
}

/** Notes which endpoints fail, from their first failure on, and which work again. */
export async function noteHealth(
  db: Kysely<DB>,
  endpoints: readonly { workspaceId: string; endpointId: string; isFailing: boolean }[],
): Promise<void> {
  if (endpoints.length === 0) return
  await sql`
    with noted as (
      select e.workspace_id, e.id, n.is_failing from webhook_endpoints e
      join unnest(${endpoints.map(one => one.workspaceId)}::bigint[], ${endpoints.map(one => one.endpointId)}::bigint[],
        ${endpoints.map(one => one.isFailing)}::boolean[]) as n(workspace_id, endpoint_id, is_failing)
        on n.workspace_id = e.workspace_id and n.endpoint_id = e.id
      where n.is_failing = (e.failing_since is null)
      order by e.workspace_id, e.id for no key update of e
    )
    update webhook_endpoints e set failing_since = case when noted.is_failing then clock_timestamp() end
    from noted where e.workspace_id = noted.workspace_id and e.id = noted.id`.execute(db)
}

/** Notes until when the receivers of endpoints want nothing; of two wishes the later one counts. */
export async function holdEndpoints(
  db: Kysely<DB>,
  endpoints: readonly { workspaceId: string; endpointId: string; holdMs: number }[],
): Promise<void> {
  if (endpoints.length === 0) return
  await sql`
    with held as (
      select e.workspace_id, e.id, h.hold_ms from webhook_endpoints e
      join unnest(${endpoints.map(one => one.workspaceId)}::bigint[], ${endpoints.map(one => one.endpointId)}::bigint[],
        ${endpoints.map(one => one.holdMs)}::bigint[]) as h(workspace_id, endpoint_id, hold_ms)
        on h.workspace_id = e.workspace_id and h.endpoint_id = e.id
      order by e.workspace_id, e.id for no key update of e
    )
    update webhook_endpoints e set held_until = greatest(e.held_until, now() + held.hold_ms * interval '1 millisecond')
    from held where e.workspace_id = held.workspace_id and e.id = held.id`.execute(db)
}
