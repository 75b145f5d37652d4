import type { EventRow } from '../events/event-store.ts'
import type { RoundTrip } from './delivery.ts'
import type { QueueRow } from './queue-store.ts'
import type { Result } from './result-store.ts'
import { nextWait, patienceMs } from './retry-schedule.ts'

/** What becomes of a delivery after an attempt. A 410 and an event that is no longer kept end it at once. */
export function outcome(
  queued: QueueRow,
  event: EventRow | undefined,
  { error, statusCode, retryAfterMs }: RoundTrip,
): Pick<Result, 'status' | 'waitMs' | 'holdMs' | 'failures'> {
  if (error === undefined) {
    return { status: 'delivered', waitMs: undefined, holdMs: undefined, failures: queued.failures }
  }
  const failures = queued.failures + 1
  // Both are said of the receiver, not of the one delivery.
  const asksForRest = (statusCode === 429 || statusCode === 503) && retryAfterMs !== undefined && retryAfterMs > 0
  const holdMs = asksForRest ? Math.min(retryAfterMs, patienceMs) : undefined
  if (statusCode === 410 || event === undefined) return { status: 'dead', waitMs: undefined, holdMs, failures }
  const waitMs = nextWait(failures, Date.now() - Date.parse(queued.queued_at), { retryAfterMs })
  return { status: waitMs === undefined ? 'dead' : 'pending', waitMs, holdMs, failures }
}
