import type { IncomingMessage } from 'node:http'
import { BadCursor, decodeEventCursor } from '../events/cursor.ts'
import { readTicket } from '../events/stream-ticket.ts'
import { findOpenedTicket, openTicket } from '../events/stream-ticket-store.ts'
import type { Actor } from '../shared/actor.ts'
import { type Asker, lastEventId, orRefusal } from './authenticate.ts'
import type { Gateway } from './gateway.ts'
import { Refusal } from './refusal.ts'

/** The ticket of a request for an event stream; undefined when it brings none. */
export function ticketOf({ method, url = '' }: IncomingMessage): string | undefined {
  if (method !== 'GET' || !url.includes('ticket=')) return undefined
  return new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('ticket') ?? undefined
}

/**
 * Whom a ticket lets in, and to what. It opens one stream. Whoever names the last id of a stream may resume it: the id holds
 * the log's epoch, which the ticket's URL does not give away. Throws a {@link Refusal}.
 */
export async function openStreamTicket(
  { keys, databases: { db } }: Gateway,
  request: IncomingMessage,
  text: string,
  onError: (error: unknown) => void,
): Promise<Asker> {
  if (!request.headers.accept?.includes('text/event-stream')) {
    throw new Refusal(406, 'NOT_ACCEPTABLE', 'A ticket opens an event stream: Accept: text/event-stream.')
  }
  const place = readTicket(text)
  const resumeAfter = lastEventId(request)
  const open = async ({ workspaceId, hash }: NonNullable<typeof place>) => {
    const opened = await openTicket(db, workspaceId, hash)
    const ticket = opened ?? (resumeAfter === undefined ? undefined : await findOpenedTicket(db, workspaceId, hash))
    if (ticket === undefined) return undefined
    const authenticate = () => keys.actorOf(workspaceId, ticket.api_key_id)
    const actor = await authenticate()
    const isAllowed = opened !== undefined || (actor !== undefined && isCursorOf(actor, resumeAfter))
    return isAllowed ? { ticket, authenticate, actor } : undefined
  }
  const found = place && (await orRefusal(open(place), onError))
  if (found?.actor === undefined) {
    throw new Refusal(401, 'UNAUTHENTICATED', 'The ticket is unknown, was used before, or is older than a minute.')
  }
  const { document, operation_name, variables } = found.ticket
  return {
    actor: found.actor,
    authenticate: found.authenticate,
    resumeAfter,
    params: {
      query: document,
      operationName: operation_name ?? undefined,
      variables: variables === null ? undefined : JSON.parse(variables),
    },
  }
}

function isCursorOf({ workspace }: Actor, cursor = ''): boolean {
  try {
    return decodeEventCursor(workspace, cursor) !== ''
  } catch (error) {
    if (error instanceof BadCursor) return false
    throw error
  }
}
