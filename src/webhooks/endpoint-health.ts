import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Result } from './result-store.ts'

/** Failures further apart say nothing about the time between them: the count begins anew. Two attempts lie a day apart at most. */
const longestGap = '2 days'
// So often a failing endpoint is noted again.
const notedEvery = '1 hour'

/**
 * Notes which endpoints fail, from their first failure on, and which work again: what ended last says so. Locks, in the order of
 * their ids, the endpoints it changes and those with an ordered delivery that is done, which the next one follows.
 */
export async function noteHealth(trx: Kysely<DB>, results: readonly Result[]): Promise<void> {
  const endpoints = [...lastOf(results).values()]
  const isFailing = endpoints.map(({ last }) => last.status !== 'delivered')
  const { rows } = await sql<{ workspace_id: string; id: string; is_failing: boolean; is_news: boolean }>`
    select e.workspace_id, e.id, n.is_failing, ${isNews} as is_news
    from webhook_endpoints e
    join unnest(${endpoints.map(({ last }) => last.queued.workspace_id)}::bigint[],
      ${endpoints.map(({ last }) => last.queued.endpoint_id)}::bigint[], ${isFailing}::boolean[],
      ${endpoints.map(one => one.endsOrdered)}::boolean[]) as n(workspace_id, endpoint_id, is_failing, ends_ordered)
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
      failed_at = case when n.is_failing then clock_timestamp() else e.failed_at end
    from unnest(${news.map(row => row.workspace_id)}::bigint[], ${news.map(row => row.id)}::bigint[],
      ${news.map(row => row.is_failing)}::boolean[]) as n(workspace_id, endpoint_id, is_failing)
    where n.workspace_id = e.workspace_id and n.endpoint_id = e.id`.execute(trx)
}

const isNews = sql`case
  when n.is_failing then e.failing_since is null or coalesce(e.failed_at < now() - ${notedEvery}::interval, true)
  else e.failing_since is not null
end`

const endOf = ({ trip }: Result) => trip.startedAt + trip.durationMs

function lastOf(results: readonly Result[]): Map<string, { last: Result; endsOrdered: boolean }> {
  const endpoints = new Map<string, { last: Result; endsOrdered: boolean }>()
  for (const result of results) {
    const key = `${result.queued.workspace_id}/${result.queued.endpoint_id}`
    const known = endpoints.get(key)
    const endsOrdered = result.queued.lane !== null && result.status !== 'pending'
    endpoints.set(key, {
      last: known === undefined || endOf(known.last) <= endOf(result) ? result : known.last,
      endsOrdered: endsOrdered || known?.endsOrdered === true,
    })
  }
  return endpoints
}
