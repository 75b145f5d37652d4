import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { oneAtATime } from '../jobs/one-at-a-time.ts'
import { advanceLanes, type QueueRow } from './queue-store.ts'
import { patienceMs } from './retry-schedule.ts'

const batch = 2_000
const graceMs = 3_600_000

/** Gives up the pending deliveries of an endpoint, which is locked: a lock on the queue follows, then one on the deliveries. */
export async function buryQueued(
  trx: Transaction<DB>,
  { workspaceId, endpointId }: { workspaceId: string; endpointId: string },
): Promise<void> {
  const isOfEndpoint = sql`workspace_id = ${workspaceId} and endpoint_id = ${endpointId}`
  await sql`
    select count(*) from (
      select from webhook_queue where ${isOfEndpoint} order by workspace_id, delivery_id for update
    ) held`.execute(trx)
  await sql`
    with buried as (
      delete from webhook_queue where ${isOfEndpoint} returning workspace_id, delivery_id, delivery_created_at
    )
    update webhook_deliveries d set ${isDead} from buried b where ${isOf}`.execute(trx)
}

/**
 * Gives up deliveries whose 72 hours are over without anybody trying them, since their endpoint is disabled; returns how many.
 */
export async function buryForgotten(db: Kysely<DB>, signal: AbortSignal): Promise<number> {
  for (let buried = 0; ; ) {
    const count = await oneAtATime(db, signal, buryStep)
    buried += count ?? 0
    if (count !== batch) return buried
  }
}

async function buryStep(trx: Transaction<DB>): Promise<number> {
  const isForgotten = sql`q.queued_at < now() - ${patienceMs + graceMs} * interval '1 millisecond'`
  const isOfEndpoint = sql`q.workspace_id = e.workspace_id and q.endpoint_id = e.id`
  const { rows: endpoints } = await sql<{ workspace_id: string; id: string }>`
    select e.workspace_id, e.id from webhook_endpoints e
    where not e.enabled and exists (select from webhook_queue q where ${isOfEndpoint} and ${isForgotten})
    order by e.workspace_id, e.id limit ${batch} for no key update of e skip locked`.execute(trx)
  const { rows } = await sql<Pick<QueueRow, 'workspace_id' | 'endpoint_id' | 'lane'>>`
    with forgotten as (
      select q.workspace_id, q.delivery_id
      from unnest(${endpoints.map(row => row.workspace_id)}::bigint[], ${endpoints.map(row => row.id)}::bigint[])
        as e(workspace_id, id)
      join webhook_queue q on ${isOfEndpoint}
      where ${isForgotten} limit ${batch} for update of q skip locked
    ), buried as (
      delete from webhook_queue q using forgotten f
      where q.workspace_id = f.workspace_id and q.delivery_id = f.delivery_id
      returning q.workspace_id, q.endpoint_id, q.lane, q.delivery_id, q.delivery_created_at
    ), dead as (
      update webhook_deliveries d set ${isDead} from buried b where ${isOf}
    )
    select workspace_id, endpoint_id, lane from buried`.execute(trx)
  await advanceLanes(trx, rows)
  return rows.length
}

const isDead = sql`status = 'dead', next_attempt_at = null, finished_at = now()`
const isOf = sql`d.workspace_id = b.workspace_id and d.id = b.delivery_id and d.created_at = b.delivery_created_at`
