import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { generateTicket, readTicket, ticketLifetimeMs } from './stream-ticket.ts'
import { insertTicket } from './stream-ticket-store.ts'

/** A subscription that was checked. */
export interface TicketDocument {
  document: string
  operationName: string | null
  variables: object | null
}

/** Makes a ticket that opens the stream of one subscription once, with the rights of the actor's key. */
export function createStreamTicket(
  context: CommandContext,
  { document, operationName, variables }: TicketDocument,
): Promise<Outcome<{ ticket: string; expiresAt: string }>> {
  return runCommand(context, 'createStreamTicket', {}, async trx => {
    const { id, workspace } = context.actor
    const ticket = generateTicket(workspace.id)
    const place = readTicket(ticket)
    if (place === undefined) throw new Error('a ticket that was just made cannot be read')
    await insertTicket(trx, {
      workspace_id: workspace.id,
      hash: place.hash,
      api_key_id: id,
      document,
      operation_name: operationName,
      variables: variables && JSON.stringify(variables),
    })
    return { ticket, expiresAt: new Date(Date.now() + ticketLifetimeMs).toISOString() }
  })
}
