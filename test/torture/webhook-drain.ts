import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Endpoint } from './stage.ts'

const text = `
  select
    (select count(*) from webhook_queue q join webhook_endpoints e on e.workspace_id = q.workspace_id and e.id = q.endpoint_id
     where e.enabled and e.id = any($1::bigint[])) +
    (select coalesce(sum(c.last_sequence - p.sequence), 0) from webhook_places p join workspace_counters c using (workspace_id)
     where p.workspace_id = any($2::bigint[])) as open`

/** Waits until everything is delivered that can be, for so long at most. Returns what is left. */
export async function drainWebhooks(
  client: pg.Client,
  endpoints: readonly Endpoint[],
  withinMs: number,
): Promise<number> {
  const answering = endpoints.filter(({ kind }) => kind !== 'hanging').map(({ databaseId }) => databaseId)
  const workspaces = [...new Set(endpoints.map(({ workspaceId }) => workspaceId))]
  const deadline = performance.now() + withinMs
  for (;;) {
    const { rows } = await client.query<{ open: string }>(text, [answering, workspaces])
    const open = Number(rows[0]?.open)
    if (open === 0 || performance.now() > deadline) return open
    await delay(250)
  }
}
