import { Buffer } from 'node:buffer'
import type { EventRow } from '../events/event-store.ts'
import { webhookBody } from '../events/webhook-body.ts'
import type { RoundTrip } from './delivery.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { urlProblem } from './endpoint-url.ts'
import { CutOff, post } from './post.ts'
import type { ReceiverConnections } from './receiver-connections.ts'
import type { SecretBox } from './secret-box.ts'
import { signatureHeaders } from './signature.ts'
import { openSecrets } from './webhook-secret.ts'

/** Makes the body of an endpoint with a document of its own. */
export type ShapeBody = (endpoint: EndpointRow, event: EventRow) => Promise<string>

/** What it takes to send an event. */
export interface Sending {
  connections: () => Promise<ReceiverConnections>
  box: SecretBox
  shape: ShapeBody
  allowLoopback: boolean
  /** For a whole attempt. */
  timeoutMs: number
}

/** Makes one attempt to deliver an event, signed now. What goes wrong stands in the result; rejects with CutOff only. */
export async function sendEvent(
  { connections, box, shape, allowLoopback, timeoutMs }: Sending,
  endpoint: EndpointRow,
  event: EventRow,
  signal?: AbortSignal,
): Promise<RoundTrip> {
  const startedAt = Date.now()
  try {
    const problem = urlProblem(endpoint.url, allowLoopback)
    if (problem !== undefined) throw new Error(`the URL is not allowed: ${problem.message}`)
    const secrets = openSecrets(box, endpoint, startedAt)
    const text = endpoint.document === null ? webhookBody(event) : await shape(endpoint, event)
    const body = Buffer.from(text)
    const url = new URL(endpoint.url)
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'orders-gateway-webhooks/1',
      ...signatureHeaders(event.event_id, Math.floor(startedAt / 1_000), body, secrets),
    }
    const pool = (await connections()).pool(`${endpoint.workspace_id}/${endpoint.id}`, url.origin)
    return await post(pool, { url, headers, body, timeoutMs, signal })
  } catch (error) {
    if (error instanceof CutOff) throw error
    return failedTrip(startedAt, error instanceof Error ? error.message : String(error))
  }
}

/** The round trip of an attempt that sent nothing. */
export function failedTrip(startedAt: number, error: string): RoundTrip {
  return {
    startedAt,
    durationMs: Date.now() - startedAt,
    statusCode: undefined,
    error,
    requestHead: '',
    responseHead: undefined,
    responseBody: undefined,
    retryAfterMs: undefined,
  }
}
