import { type EventRow, eventColumns } from './event-store.ts'

/** What one look at the log found in a followed workspace: where its log ends, with an event the feed had not read. */
export interface NewEvent {
  followed: string
  last: string
  /** Null when the look found none. */
  event: EventRow | null
}

/** Which days of the log a look opens: around now, where new events are, or all of them. */
export type Days = 'around now' | 'all'

const marginMs = 3 * 3_600_000

// Read for many workspaces at once, so it stands outside of `Reads`; the feed hands rows to followers of their workspace.
const text = `
  select f.workspace_id as followed, c.last_sequence as last, e.*
  from unnest($1::bigint[], $2::bigint[]) as f(workspace_id, after)
  join workspace_counters c on c.workspace_id = f.workspace_id
  left join lateral (
    select ${eventColumns.join(', ')} from events
    where workspace_id = f.workspace_id and sequence > f.after and created_at >= $4 and created_at < $5
    order by sequence limit $3
  ) e on true
  where (c.last_sequence > f.after) is not false`

/**
 * The statement that reads what is new in many workspaces: after the last sequence known of each (undefined: only where
 * its log ends is asked), at most `limit` events of each. A workspace without news gives no row, and no day is opened for
 * it. Around now there may be less than the counter says: after a jump of a clock or a long sleep; all days have it.
 */
export function newEventsQuery(
  workspaceIds: readonly string[],
  afters: readonly (number | undefined)[],
  limit: number,
  days: Days,
) {
  const now = Date.now()
  const bounds =
    days === 'all'
      ? ['-infinity', 'infinity']
      : [now - marginMs, now + marginMs].map(time => new Date(time).toISOString())
  return { name: 'new_events', text, values: [workspaceIds, afters.map(after => after ?? null), limit, ...bounds] }
}

/** One row of that statement. */
export function toNewEvent({ followed, last, ...row }: Record<string, unknown>): NewEvent {
  const event = row.sequence === null ? null : (row as unknown as EventRow)
  return { followed: followed as string, last: last as string, event }
}
