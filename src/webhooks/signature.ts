import { createHmac } from 'node:crypto'
import { clickFunnelsSecret } from './webhook-secret.ts'

/**
 * The headers that sign a body: those of Standard Webhooks, one signature for each secret, and ClickFunnels' own (domain 10.5),
 * which has room for one: by the oldest secret, since whoever verifies by it knows no other until it is told. `id` is the event's UUID; `timestamp` the moment of this attempt in Unix seconds.
 */
export function signatureHeaders(
  id: string,
  timestamp: number,
  body: Buffer,
  secrets: readonly [Buffer, ...Buffer[]],
): Record<string, string> {
  const standard = secrets.map(
    secret => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`,
  )
  const oldest = secrets.at(-1) ?? secrets[0]
  const own = createHmac('sha256', clickFunnelsSecret(oldest)).update(`${timestamp}.`).update(body).digest('hex')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standard.join(' '),
    'x-webhook-clickfunnels-id': id,
    'x-webhook-clickfunnels-timestamp': String(timestamp),
    'x-webhook-clickfunnels-signature': own,
  }
}
