import type pg from 'pg'
import { type Check, nothing } from './checks.ts'
import { type Endpoint, webhookTypes } from './stage.ts'
import type { EndpointAccount } from './webhook-receiver.ts'
import type { WrittenLog } from './written-log.ts'

/** What the judge knows about an endpoint. */
interface Judged {
  endpoint: Endpoint
  account: EndpointAccount
  /** Events it had to get, by id. */
  due: ReadonlyMap<string, { sequence: number; subject: string }>
  reason: string | null
}

/** What all deliveries came to. */
export interface WebhookFigures {
  due: number
  taken: number
  again: number
  requests: number
  moods: Record<string, number>
}

export interface WebhookVerdict {
  checks: Check[]
  figures: WebhookFigures
}

// A kill repeats what was under way, or was not written down yet.
const maxDuplicatesOfKill = 32
const maxDuplicateShare = 0.01

/** Whether every event came to every endpoint that stayed, signed, and those of a subject in order where that was asked for. */
export async function judgeWebhooks(
  client: pg.Client,
  endpoints: readonly Endpoint[],
  accounts: readonly EndpointAccount[],
  logs: ReadonlyMap<string, WrittenLog>,
  kills: number,
): Promise<WebhookVerdict> {
  const judged: Judged[] = []
  for (const endpoint of endpoints) judged.push(await lookUp(client, endpoint, accounts, logs))
  const staying = judged.filter(({ endpoint }) => endpoint.kind !== 'gone' && endpoint.kind !== 'hanging')
  const gone = judged.filter(({ endpoint, account }) => endpoint.kind === 'gone' && account.afterGone > 0)
  const sum = (of: (one: Judged) => number, list: readonly Judged[] = staying) =>
    list.reduce((total, one) => total + of(one), 0)
  const moods: Record<string, number> = {}
  for (const { account } of judged)
    for (const [mood, count] of Object.entries(account.moods)) moods[mood] = (moods[mood] ?? 0) + count
  const figures = {
    due: sum(({ due }) => due.size),
    taken: sum(({ account }) => account.taken.length),
    again: sum(({ account }) => account.again),
    requests: sum(({ account }) => account.requests, judged),
    moods,
  }
  const missing = staying.flatMap(({ endpoint, account, due }) => {
    const taken = new Set(account.taken)
    return [...due].filter(([id]) => !taken.has(id)).map(([, { sequence }]) => `${endpoint.path} ${sequence}`)
  })
  const unknown = judged.flatMap(({ endpoint, account, due }) =>
    account.taken.filter(id => !due.has(id)).map(id => `${endpoint.path} ${id}`),
  )
  const duplicateShare = figures.again / Math.max(1, figures.taken)
  const checks: Check[] = [
    nothing('every webhook event was delivered', missing, `${figures.due} events for ${staying.length} endpoints`),
    nothing('nothing else was delivered', unknown, `${figures.taken} deliveries`),
    nothing(
      'every signature is good, both ways',
      judged.flatMap(({ account }) => account.badSignatures),
      `${figures.requests} requests`,
    ),
    nothing(
      'ordered endpoints got each subject in order',
      judged.filter(({ endpoint }) => endpoint.kind === 'ordered').flatMap(disorder),
      `${staying.filter(({ endpoint }) => endpoint.kind === 'ordered').length} endpoints`,
    ),
    {
      name: 'few came twice',
      passed: figures.again <= figures.taken * maxDuplicateShare + kills * maxDuplicatesOfKill,
      detail: `${figures.again} of ${figures.taken}, ${(duplicateShare * 100).toFixed(2)} %`,
    },
    nothing(
      'who said 410 is disabled, with one event',
      gone.filter(one => one.reason !== 'gone' || disabledEvents(one, logs) !== 1).map(({ endpoint }) => endpoint.path),
      `${gone.length} endpoints, ${sum(({ account }) => account.afterGone, gone)} requests after the first 410`,
    ),
    nothing(
      'nobody else is',
      judged
        .filter(({ reason, endpoint }) => reason !== null && endpoint.kind !== 'gone')
        .map(one => one.endpoint.path),
      `${judged.length} endpoints`,
    ),
  ]
  return { checks, figures }
}

async function lookUp(
  client: pg.Client,
  endpoint: Endpoint,
  accounts: readonly EndpointAccount[],
  logs: ReadonlyMap<string, WrittenLog>,
): Promise<Judged> {
  const { rows } = await client.query<{ starts_after: string; disabled_reason: string | null }>(
    'select starts_after, disabled_reason from webhook_endpoints where workspace_id = $1 and id = $2',
    [endpoint.workspaceId, endpoint.databaseId],
  )
  const startsAfter = Number(rows[0]?.starts_after)
  const events = logs.get(endpoint.workspaceId)?.events ?? []
  const due = events.filter(({ sequence, type }) => sequence > startsAfter && webhookTypes.includes(type))
  const account = accounts.find(({ path }) => path === endpoint.path)
  if (account === undefined) throw new Error(`nobody answers for ${endpoint.path}`)
  return {
    endpoint,
    account,
    due: new Map(due.map(event => [event.id, event])),
    reason: rows[0]?.disabled_reason ?? null,
  }
}

function disorder({ endpoint, account, due }: Judged): string[] {
  const last = new Map<string, number>()
  return account.taken.flatMap(id => {
    const event = due.get(id)
    if (event === undefined) return []
    const { subject, sequence } = event
    const before = last.get(subject) ?? 0
    last.set(subject, sequence)
    return before < sequence ? [] : [`${endpoint.path} ${subject}: ${sequence} after ${before}`]
  })
}

function disabledEvents({ endpoint }: Judged, logs: ReadonlyMap<string, WrittenLog>): number {
  const subject = `Webhooks::Outgoing::Endpoint/${endpoint.databaseId}`
  const events = logs.get(endpoint.workspaceId)?.events ?? []
  return events.filter(event => event.type === 'webhooks/outgoing/endpoint.disabled' && event.subject === subject)
    .length
}
