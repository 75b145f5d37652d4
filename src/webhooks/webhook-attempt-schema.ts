import { builder } from '../graphql/builder.ts'
import type { RoundTrip } from './delivery.ts'
import type { AttemptRow } from './delivery-store.ts'

/** An attempt, whether it stands in the history or was a test. */
interface Attempt {
  number: number
  startedAt: string
  durationMs: number
  statusCode: number | null
  error: string | null
  requestHead: string
  responseHead: string | null
  responseBody: string | null
}

/** One attempt to deliver something. */
export const WebhookAttemptRef = builder.objectRef<Attempt>('WebhookAttempt').implement({
  description: 'One attempt to post an event to an endpoint.',
  fields: t => ({
    number: t.exposeInt('number', { description: '1 for the first; 0 for a test.' }),
    succeeded: t.boolean({
      description: 'Whether the receiver took it: it answered 200 to 207 or 226, in whole, within 15 seconds.',
      resolve: attempt => attempt.error === null,
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    latencyMs: t.exposeInt('durationMs', { description: 'Milliseconds to the end of the answer.' }),
    statusCode: t.exposeInt('statusCode', { nullable: true, description: 'The answer’s status; null when none came.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed; null when it did not.' }),
    requestHead: t.exposeString('requestHead', {
      description: 'Request line and headers, as sent; empty when nothing was.',
    }),
    responseHead: t.exposeString('responseHead', {
      nullable: true,
      description: 'Status line and headers of the answer, at most 4,096 characters; null when none came.',
    }),
    responseBody: t.exposeString('responseBody', {
      nullable: true,
      description: 'The first 4 KiB of the answer’s body; null when none came.',
    }),
  }),
})

/** An attempt of the history. */
export function attemptOfRow(row: AttemptRow): Attempt {
  return {
    number: row.number,
    startedAt: row.created_at,
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    error: row.error,
    requestHead: row.request_head,
    responseHead: row.response_head,
    responseBody: row.response_body,
  }
}

/** An attempt that stands nowhere else. */
export function attemptOfTrip(trip: RoundTrip): Attempt {
  return {
    number: 0,
    startedAt: new Date(trip.startedAt).toISOString(),
    durationMs: Math.round(trip.durationMs),
    statusCode: trip.statusCode ?? null,
    error: trip.error ?? null,
    requestHead: trip.requestHead,
    responseHead: trip.responseHead ?? null,
    responseBody: trip.responseBody ?? null,
  }
}
