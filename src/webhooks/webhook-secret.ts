import { randomBytes } from 'node:crypto'
import type { SecretBox } from './secret-box.ts'

/** For so long after a rotation the old secret signs too. */
export const rotationOverlap = '1 day'

/** An endpoint's secret: 32 random bytes. */
export function generateSecret(): Buffer {
  return randomBytes(32)
}

/** The secret as ClickFunnels shows it: 64 hexadecimal digits, whose characters are the key (domain 10.3, 10.5). */
export function clickFunnelsSecret(secret: Buffer): string {
  return secret.toString('hex')
}

/** The same bytes as libraries of Standard Webhooks take them. */
export function standardWebhooksSecret(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`
}

interface Sealed {
  workspace_id: string
  id: string
  secret: string
  previous_secret: string | null
  previous_secret_until: string | null
}

/** What the secret of an endpoint is sealed with, so that it opens nowhere else. */
export function secretOwner(workspaceId: string, endpointId: string): string {
  return `webhook endpoint ${workspaceId}/${endpointId}`
}

/** The secrets an endpoint is signed for now, the newest first. Throws UnopenedSecret. */
export function openSecrets(box: SecretBox, endpoint: Sealed, now: number): [Buffer, ...Buffer[]] {
  const owner = secretOwner(endpoint.workspace_id, endpoint.id)
  const { previous_secret, previous_secret_until } = endpoint
  const isOverlapping = previous_secret_until !== null && Date.parse(previous_secret_until) > now
  return [
    box.open(endpoint.secret, owner),
    ...(previous_secret !== null && isOverlapping ? [box.open(previous_secret, owner)] : []),
  ]
}
