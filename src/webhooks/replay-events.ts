import { type Kysely, sql } from 'kysely'
import * as v from 'valibot'
import { Reads } from '../database/reads.ts'
import type { DB } from '../database/tables.ts'
import { BadCursor, type LogBounds, placeOf } from '../events/cursor.ts'
import { eventTypes } from '../events/event.ts'
import { readLogBounds } from '../events/event-store.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import type { Actor } from '../shared/actor.ts'
import { InvalidInput, notFound } from '../shared/errors.ts'
import { coded, globalId, idempotencyKey, listOf, parseInput } from '../shared/input.ts'
import { type EndpointRow, lockEndpoint } from './endpoint-store.ts'
import { type DraftEvent, queueDrafts } from './queue-store.ts'
import { EndpointDisabled } from './webhook-endpoint.ts'
import { senderOf, webhooksOf } from './webhooks.ts'

/** One call sends at most so many events. */
export const maxReplayed = 5_000

const eventType = v.pipe(
  v.string(),
  v.check(type => Object.hasOwn(eventTypes, type), coded('INVALID', 'Is no event type.')),
)

const replayEventsInput = v.object({
  endpointId: globalId('WebhookEndpoint'),
  after: v.string(),
  until: v.nullish(v.string()),
  types: v.nullish(listOf(eventType, 100, 'More than 100 types.')),
  dryRun: v.nullish(v.boolean()),
  idempotencyKey,
})

/** What a replay found. */
export interface Replay {
  endpointId: string
  /** Events that were, or in a dry run would be, sent again. */
  count: number
  /** The sequence to go on after; null when everything was looked at. */
  continueAfter: string | null
}

/**
 * Sends an endpoint a stretch of the log again: the events after a cursor up to another, of these types or else of those it
 * takes, as new deliveries. Throws InvalidInput, EndpointDisabled and SecretsKeyMissing.
 */
export async function replayEvents(context: CommandContext, rawInput: unknown): Promise<Outcome<Replay>> {
  const { wakes } = senderOf(context.db)
  const input = parseInput(replayEventsInput, rawInput)
  const { workspace } = context.actor
  const outcome = await runCommand(context, 'replayEvents', input, async (trx): Promise<Replay> => {
    const endpoint = await lockEndpoint(trx, workspace.id, input.endpointId)
    if (endpoint === undefined) throw notFound('webhook endpoint', ['input', 'endpointId'])
    if (!endpoint.enabled) throw new EndpointDisabled(endpoint.id, ['input', 'endpointId'])
    // On the transaction's connection: one that waited for another of the pool while it holds locks could wait for ever.
    const bounds = await readLogBounds(new Reads(workspace.id, undefined, trx))
    const after = input.after === 'START' ? bounds.begin : keptPlace(workspace, input.after, bounds)
    const until = input.until == null ? bounds.last : readPlace(workspace, input.until, bounds, 'until').place
    const types = input.types ?? endpoint.event_types
    const found = await readStretch(trx, endpoint, types, after, until)
    const events = found.slice(0, maxReplayed)
    if (input.dryRun !== true && events.length > 0) {
      const drafts = events.map(event => ({ endpoint, event, isTaken: false }))
      await queueDrafts(trx, workspace.id, drafts, 'replay')
      await wakes.add(trx, wakes.missing([0]))
    }
    const continueAfter = found.length > maxReplayed ? (events.at(-1)?.sequence ?? null) : null
    return { endpointId: endpoint.id, count: events.length, continueAfter }
  })
  if (!outcome.replayed) webhooksOf(context.db).due()
  return outcome
}

function keptPlace(workspace: Actor['workspace'], after: string, bounds: LogBounds): string {
  const { place, isKept } = readPlace(workspace, after, bounds, 'after')
  if (isKept) return place
  const message = 'Events after this cursor are no longer kept; START is the earliest place.'
  throw new InvalidInput([{ code: 'CURSOR_EXPIRED', message, path: ['input', 'after'] }])
}

function readPlace(workspace: Actor['workspace'], cursor: string, bounds: LogBounds, member: string) {
  try {
    return placeOf(workspace, cursor, bounds)
  } catch (error) {
    if (!(error instanceof BadCursor)) throw error
    throw new InvalidInput([{ code: 'BAD_CURSOR', message: 'Is no cursor of this log.', path: ['input', member] }])
  }
}

function readStretch(
  trx: Kysely<DB>,
  endpoint: EndpointRow,
  types: readonly string[],
  after: string,
  until: string,
): Promise<DraftEvent[]> {
  return trx
    .selectFrom('events')
    .select(['sequence', 'id as event_id', 'created_at', 'type', 'subject_type', 'subject_id'])
    .where('workspace_id', '=', endpoint.workspace_id)
    .where('sequence', '>', after)
    .where('sequence', '<=', until)
    .$if(types.length > 0, query => query.where('type', '=', sql<string>`any(${types})`))
    .$if(endpoint.live_mode !== null, query => query.where('live_mode', '=', endpoint.live_mode))
    .orderBy('sequence')
    .limit(maxReplayed + 1)
    .execute()
}
