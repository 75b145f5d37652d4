import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Result } from './result-store.ts'

/** Failures further apart say nothing about the time between them: the count begins anew. Two attempts lie a day apart at most. */
const longestGap = '2 days'
// So often a failing endpoint is noted again.
const notedEvery = '1 hour'

interface Noted {
  /** What ended last. */
  last: Result
  /** Whether an ordered delivery is done, which the next one follows. */
  endsOrdered: boolean
  /** For how long the receiver wants nothing; of two wishes the longer one. */
  holdMs: number
}

/**
 * Notes which endpoints fail, from their first failure on, and which work again, as what ended last says, and until when their
 * receivers want nothing. Locks, in the order of their ids, the endpoints it changes and those whose lanes move on.
 */
export async function noteHealth(trx: Kysely<DB>, results: readonly Result[]): Promise<void> {
  const endpoints = [...notedOf(results).values()]
  const column = <Value>(of: (noted: Noted) => Value) => endpoints.map(of)
  const { rows } = await sql<{
    workspace_id: string
    id: string
    is_failing: boolean
    hold_ms: string
    is_news: boolean
  }>`
    select e.workspace_id, e.id, n.is_failing, n.hold_ms, ${isNews} as is_news
    from webhook_endpoints e
    join unnest(${column(({ last }) => last.queued.workspace_id)}::bigint[],
      ${column(({ last }) => last.queued.endpoint_id)}::bigint[], ${column(({ last }) => last.status !== 'delivered')}::boolean[],
      ${column(({ holdMs }) => Math.round(holdMs))}::bigint[], ${column(({ endsOrdered }) => endsOrdered)}::boolean[])
      as n(workspace_id, endpoint_id, is_failing, hold_ms, ends_ordered)
      on n.workspace_id = e.workspace_id and n.endpoint_id = e.id
    where n.ends_ordered or ${isNews}
    order by e.workspace_id, e.id for no key update of e`.execute(trx)
  const news = rows.filter(row => row.is_news)
  if (news.length === 0) return
  await sql`
    update webhook_endpoints e set
      failing_since = case
        when not n.is_failing then null
        when e.failing_since is null or e.failed_at < now() - ${longestGap}::interval then clock_timestamp()
        else e.failing_since
      end,
      failed_at = case when n.is_failing then clock_timestamp() else e.failed_at end,
      held_until = case
        when n.hold_ms > 0 then greatest(e.held_until, now() + n.hold_ms * interval '1 millisecond')
        else e.held_until
      end
    from unnest(${news.map(row => row.workspace_id)}::bigint[], ${news.map(row => row.id)}::bigint[],
      ${news.map(row => row.is_failing)}::boolean[], ${news.map(row => row.hold_ms)}::bigint[])
      as n(workspace_id, endpoint_id, is_failing, hold_ms)
    where n.workspace_id = e.workspace_id and n.endpoint_id = e.id`.execute(trx)
}

const isNews = sql`(n.hold_ms > 0 or case
  when n.is_failing then e.failing_since is null or coalesce(e.failed_at < now() - ${notedEvery}::interval, true)
  else e.failing_since is not null
end)`

const endOf = ({ trip }: Result) => trip.startedAt + trip.durationMs

function notedOf(results: readonly Result[]): Map<string, Noted> {
  const endpoints = new Map<string, Noted>()
  for (const result of results) {
    const { queued, status, holdMs = 0 } = result
    const key = `${queued.workspace_id}/${queued.endpoint_id}`
    const known = endpoints.get(key)
    endpoints.set(key, {
      last: known === undefined || endOf(known.last) <= endOf(result) ? result : known.last,
      endsOrdered: (queued.lane !== null && status !== 'pending') || known?.endsOrdered === true,
      holdMs: Math.max(holdMs, known?.holdMs ?? 0),
    })
  }
  return endpoints
}
