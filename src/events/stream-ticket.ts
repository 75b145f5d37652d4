import { createHash, randomBytes } from 'node:crypto'

/** How long a ticket can be opened. */
export const ticketLifetimeMs = 60_000

/** How long a stream that a ticket opened can be resumed. */
export const ticketResumableMs = 24 * 3_600_000

const form = /^ogt_([1-9]\d{0,18})_([0-9A-Za-z_-]{43})$/

/** A new ticket of a workspace: 256 random bits. */
export function generateTicket(workspaceId: string): string {
  return `ogt_${workspaceId}_${randomBytes(32).toString('base64url')}`
}

/** Where a ticket is found; undefined when the text is none. */
export function readTicket(text: string): { workspaceId: string; hash: string } | undefined {
  const [ticket, workspaceId] = form.exec(text) ?? []
  if (ticket === undefined || workspaceId === undefined || BigInt(workspaceId) > 9223372036854775807n) return undefined
  return { workspaceId, hash: createHash('sha256').update(ticket).digest('hex') }
}
