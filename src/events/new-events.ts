import { type EventRow, eventColumns } from './event-store.ts'

/** What one look at the log found in a followed workspace: where its log ends, with an event the feed had not read. */
export interface NewEvent {
  followed: string
  last: string
  /** Null when the look found none. */
  event: EventRow | null
}

// Read for many workspaces at once, so it stands outside of `Reads`; the feed hands rows to followers of their workspace.
function newEventsText(days: string): string {
  return `select f.workspace_id as followed, c.last_sequence as last, e.*
    from unnest($1::bigint[], $2::bigint[]) as f(workspace_id, after)
    join workspace_counters c on c.workspace_id = f.workspace_id
    left join lateral (
      select ${eventColumns.join(', ')} from events
      where workspace_id = f.workspace_id and sequence > f.after ${days}
      order by sequence limit $3
    ) e on true
    where (c.last_sequence > f.after) is not false`
}

/**
 * The statements that read what is new in many workspaces: `$1` the workspaces, `$2` the last sequence known of each
 * (null: only where its log ends is asked), `$3` how many events of each at most. A workspace without news gives no row.
 */
export const newEventsStatements = {
  /**
   * Opens the partition of today only, since what is new is recent. After a jump of the clock or a long sleep it finds
   * less than the counter says is there; then `fromAllDays` has it.
   */
  recent: {
    name: 'new_events',
    text: newEventsText(`and created_at >= now() - interval '1 hour' and created_at < now() + interval '1 hour'`),
  },
  fromAllDays: { name: 'new_events_of_all_days', text: newEventsText('') },
} as const

/** One row of such a statement. */
export function toNewEvent({ followed, last, ...row }: Record<string, unknown>): NewEvent {
  const event = row.sequence === null ? null : (row as unknown as EventRow)
  return { followed: followed as string, last: last as string, event }
}
