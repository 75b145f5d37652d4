import { type Selectable, sql } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'
import { listTable } from '../database/listed-table.ts'
import { rowsById } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import { statement } from '../database/statement.ts'
import type { WebhookAttempts, WebhookDeliveries } from '../database/tables.ts'

export type DeliveryRow = Selectable<WebhookDeliveries>
export type AttemptRow = Selectable<WebhookAttempts>

/** The columns of a delivery, listed: a named `select *` would fail for ever after a new column. */
const deliveryColumns = [
  'workspace_id',
  'id',
  'created_at',
  'endpoint_id',
  'event_id',
  'event_sequence',
  'event_type',
  'origin',
  'status',
  'attempts',
  'next_attempt_at',
  'finished_at',
] as const

/** Deliveries as a list. */
export const listedDeliveries = listTable<DeliveryRow>('webhook_deliveries', deliveryColumns)

/** Of a delivery that was tried more often than this only the last attempts are shown. */
export const maxShownAttempts = 50

const deliveriesById = rowsById(listedDeliveries)

const attemptsOfDeliveries = statement<{ deliveryIds: readonly string[] }>()('webhook_attempts_of', (db, param) => ({
  compile: () =>
    sql<AttemptRow>`
      select a.* from unnest(${param('deliveryIds')}::bigint[]) as parents(delivery_id)
      cross join lateral (
        select workspace_id, delivery_id, number, created_at, duration_ms, status_code, error, request_head, response_head,
          response_body
        from webhook_attempts
        where workspace_id = ${param('workspace')} and webhook_attempts.delivery_id = parents.delivery_id
        order by number desc limit ${sql.lit(maxShownAttempts)}
      ) a order by a.delivery_id, a.number`.compile(db),
}))

/** The deliveries with these ids that the workspace has, in any order. */
export function loadDeliveries(reads: Reads, ids: readonly string[]): Promise<DeliveryRow[]> {
  return reads.all(deliveriesById, { ids })
}

/** The last attempts of deliveries, of each in the order they were made. */
export function loadAttempts(reads: Reads, deliveryIds: readonly string[]): Promise<AttemptRow[]> {
  return reads.all(attemptsOfDeliveries, { deliveryIds })
}

/** What a list of deliveries can be narrowed by; null and absent mean the same. */
interface DeliveryFilter {
  endpointId?: string | undefined
  eventId?: string | undefined
  eventType?: readonly string[] | null | undefined
  status?: readonly string[] | null | undefined
  origin?: readonly string[] | null | undefined
  createdAt?: Range | undefined
}

/** The conditions of a filter. `eventId` is the UUID of an event. */
export function deliveryConditions(filter: DeliveryFilter): Condition[] {
  return [
    ...equals('endpoint_id', filter.endpointId),
    ...equals('event_id', filter.eventId),
    ...oneOf('event_type', filter.eventType),
    ...oneOf('status', filter.status),
    ...oneOf('origin', filter.origin),
    ...within('created_at', filter.createdAt),
  ]
}
