import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { oneAtATime } from '../jobs/one-at-a-time.ts'
import { patienceMs } from './retry-schedule.ts'

const batch = 2_000
const graceMs = 3_600_000

/** Gives up the pending deliveries of an endpoint. */
export async function buryQueued(
  trx: Transaction<DB>,
  { workspaceId, endpointId }: { workspaceId: string; endpointId: string },
): Promise<void> {
  await sql`
    with buried as (
      delete from webhook_queue where workspace_id = ${workspaceId} and endpoint_id = ${endpointId}
      returning workspace_id, delivery_id, delivery_created_at
    )
    update webhook_deliveries d set status = 'dead', next_attempt_at = null, finished_at = now()
    from buried b
    where d.workspace_id = b.workspace_id and d.id = b.delivery_id and d.created_at = b.delivery_created_at`.execute(
    trx,
  )
}

/**
 * Gives up deliveries whose 72 hours are over without anybody trying them, since their endpoint is disabled; returns how many.
 */
export async function buryForgotten(db: Kysely<DB>, signal: AbortSignal): Promise<number> {
  for (let buried = 0; ; ) {
    const count = await oneAtATime(db, signal, async trx => {
      const { numAffectedRows = 0n } = await sql`
        with forgotten as (
          select q.workspace_id, q.delivery_id from webhook_endpoints e
          join webhook_queue q on q.workspace_id = e.workspace_id and q.endpoint_id = e.id
          where not e.enabled and q.queued_at < now() - ${patienceMs + graceMs} * interval '1 millisecond'
          limit ${batch} for update of q skip locked
        ), buried as (
          delete from webhook_queue q using forgotten f
          where q.workspace_id = f.workspace_id and q.delivery_id = f.delivery_id
          returning q.workspace_id, q.delivery_id, q.delivery_created_at
        )
        update webhook_deliveries d set status = 'dead', next_attempt_at = null, finished_at = now()
        from buried b
        where d.workspace_id = b.workspace_id and d.id = b.delivery_id and d.created_at = b.delivery_created_at`.execute(
        trx,
      )
      return Number(numAffectedRows)
    })
    buried += count ?? 0
    if (count !== batch) return buried
  }
}
