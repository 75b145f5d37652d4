import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { RoundTrip } from './delivery.ts'
import { noteHealth } from './endpoint-health.ts'
import { advanceLanes, lockQueued, type QueueRow } from './queue-store.ts'

/** How an attempt went and what becomes of its delivery. */
export interface Result {
  queued: QueueRow
  trip: RoundTrip
  status: 'delivered' | 'dead' | 'pending'
  /** Until the next attempt; undefined when there is none. */
  waitMs: number | undefined
  /** For how long the receiver wants nothing at all; undefined when it did not say so. */
  holdMs: number | undefined
  /** Since it was queued, with this one. */
  failures: number
}

/**
 * Writes what attempts came to, all of them or none: the attempts, what their deliveries are now, and the queue, which keeps
 * those that will be tried again. A delivery that another process finished meanwhile stays finished; one that failed and was
 * asked for meanwhile starts over. Returns what was written. Locks endpoints, then the queue, then deliveries.
 */
export async function writeResults(trx: Kysely<DB>, results: readonly Result[]): Promise<Result[]> {
  await noteHealth(trx, results)
  const queuedAt = new Map(
    (
      await lockQueued(
        trx,
        results.map(({ queued }) => queued),
      )
    ).map(row => [row.delivery_id, row.queued_at]),
  )
  const written = results.map(result => {
    const { delivery_id, queued_at } = result.queued
    const isAnew = (queuedAt.get(delivery_id) ?? queued_at) !== queued_at
    if (!isAnew || result.status === 'delivered') return result
    return { ...result, status: 'pending' as const, waitMs: 0, failures: 0 }
  })
  await write(trx, written)
  const done = written.filter(({ status }) => status !== 'pending').map(({ queued }) => queued)
  await advanceLanes(trx, done)
  return written
}

async function write(trx: Kysely<DB>, results: readonly Result[]): Promise<void> {
  const column = <Value>(of: (result: Result) => Value) => results.map(of)
  const times = column(({ queued }) => queued.delivery_created_at).sort()
  await sql`
    with result as (
      select * from unnest(
        ${column(({ queued }) => queued.workspace_id)}::bigint[], ${column(({ queued }) => queued.delivery_id)}::bigint[],
        ${column(({ queued }) => queued.delivery_created_at)}::timestamptz[], ${column(({ status }) => status)}::text[],
        ${column(({ queued }) => queued.attempts + 1)}::int[], ${column(({ failures }) => failures)}::int[],
        ${column(({ waitMs }) => waitMs ?? null)}::bigint[],
        ${column(({ trip }) => new Date(trip.startedAt).toISOString())}::timestamptz[],
        ${column(({ trip }) => Math.round(trip.durationMs))}::int[], ${column(({ trip }) => trip.statusCode ?? null)}::int[],
        ${column(({ trip }) => trip.error ?? null)}::text[], ${column(({ trip }) => trip.requestHead)}::text[],
        ${column(({ trip }) => trip.responseHead ?? null)}::text[], ${column(({ trip }) => trip.responseBody ?? null)}::text[]
      ) as r(workspace_id, delivery_id, delivery_created_at, status, attempts, failures, wait_ms, started_at, duration_ms,
        status_code, error, request_head, response_head, response_body)
    ), finished as (
      delete from webhook_queue q using result r
      where q.workspace_id = r.workspace_id and q.delivery_id = r.delivery_id and r.status <> 'pending'
    ), waiting as (
      update webhook_queue q set attempts = r.attempts, failures = r.failures, leased = false,
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
      and (d.status = 'pending' or r.status = 'delivered')`.execute(trx)
}
