import { type Kysely, sql } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type EventRow, eventColumns } from '../events/event-store.ts'
import { type EndpointRow, lockEnabledEndpoints } from './endpoint-store.ts'
import { type Draft, type QueueRow, queueDrafts } from './queue-store.ts'
import { takes } from './webhook-endpoint.ts'

const maxEvents = 500
const maxDrafts = 4_000

/** What a step through the log came to. */
interface Step {
  /** `busy`: another process is at it; `end`: the log has no more; `more`: it has. */
  state: 'busy' | 'end' | 'more'
  /** The deliveries that were made and taken by this process, with what they send. */
  taken: { queued: QueueRow; event: EventRow; endpoint: EndpointRow }[]
  /** Endpoints that got deliveries which nobody has taken. */
  left: EndpointRow[]
}

/**
 * Turns what follows a workspace's place in the log into deliveries and moves the place on, in one transaction: each event
 * makes one delivery for each endpoint that takes it, whatever dies in between. One process at a time is at it. `takeUp` says
 * how many deliveries of an endpoint this process sends at once; they are leased to it.
 */
export function fanOut(db: Kysely<DB>, workspaceId: string, takeUp: (endpoint: EndpointRow) => number): Promise<Step> {
  return db.transaction().execute(async trx => {
    const place = await trx
      .selectFrom('webhook_places')
      .select('sequence')
      .where('workspace_id', '=', workspaceId)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (place === undefined) return { state: 'busy', taken: [], left: [] }
    // Before the endpoints: whatever happened after one was made is not missed by it.
    const events = await readEvents(trx, workspaceId, place.sequence)
    const last = events.at(-1)
    if (last === undefined) return { state: 'end', taken: [], left: [] }
    const endpoints = await lockEnabledEndpoints(trx, workspaceId)
    const { drafts, through } = draftsOf(events, endpoints, takeUp)
    const queued = await queueDrafts(trx, workspaceId, drafts, 'event')
    await trx.updateTable('webhook_places').set({ sequence: through }).where('workspace_id', '=', workspaceId).execute()
    const isWhole = events.length < maxEvents && through === last.sequence
    return { state: isWhole ? 'end' : 'more', ...sorted(queued, drafts) }
  })
}

async function readEvents(trx: Kysely<DB>, workspaceId: string, after: string): Promise<EventRow[]> {
  return trx
    .selectFrom('events')
    .select(eventColumns)
    .where('workspace_id', '=', workspaceId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(maxEvents)
    .execute()
}

function draftsOf(
  events: readonly EventRow[],
  endpoints: readonly EndpointRow[],
  takeUp: (endpoint: EndpointRow) => number,
): { drafts: Draft<EventRow>[]; through: string } {
  const rooms = new Map(endpoints.map(endpoint => [endpoint, endpoint.ordered ? 0 : takeUp(endpoint)]))
  const drafts: Draft<EventRow>[] = []
  let through = '0'
  for (const event of events) {
    if (drafts.length >= maxDrafts) break
    through = event.sequence
    for (const [endpoint, room] of rooms) {
      if (BigInt(event.sequence) <= BigInt(endpoint.starts_after) || !takes(endpoint, event)) continue
      drafts.push({ endpoint, event, isTaken: room > 0 })
      rooms.set(endpoint, room - 1)
    }
  }
  return { drafts, through }
}

function sorted(queued: readonly QueueRow[], drafts: readonly Draft<EventRow>[]): Pick<Step, 'taken' | 'left'> {
  const rows = new Map(queued.map(row => [`${row.endpoint_id}/${row.event_sequence}`, row]))
  const taken: Step['taken'] = []
  const left = new Set<EndpointRow>()
  for (const { endpoint, event, isTaken } of drafts) {
    const row = rows.get(`${endpoint.id}/${event.sequence}`)
    if (!isTaken) left.add(endpoint)
    else if (row !== undefined) taken.push({ queued: row, event, endpoint: endpoint })
  }
  return { taken, left: [...left] }
}

/** Gives a workspace its place in the log: at its end, unless it has one. It is locked, before any endpoint. */
export async function openPlace(trx: Kysely<DB>, workspaceId: string, sequence: string): Promise<void> {
  await trx
    .insertInto('webhook_places')
    .values({ workspace_id: workspaceId, sequence })
    .onConflict(conflict => conflict.doNothing())
    .execute()
  await trx
    .selectFrom('webhook_places')
    .select('sequence')
    .where('workspace_id', '=', workspaceId)
    .forUpdate()
    .execute()
}

/** Skips the part of the log that no enabled endpoint will ever be sent, such as what came while there was none. */
export async function skipUnwanted(db: Kysely<DB>, workspaceId: string): Promise<void> {
  await sql`
    update webhook_places p set sequence = wanted.after
    from (
      select workspace_id, min(starts_after) as after from webhook_endpoints
      where workspace_id = ${workspaceId} and enabled group by workspace_id
    ) wanted
    where p.workspace_id = ${workspaceId} and wanted.workspace_id = p.workspace_id and p.sequence < wanted.after`.execute(
    db,
  )
}
