/** Where a delivery stands: still tried, taken by the receiver, or given up (kept as a dead letter). */
export const deliveryStatuses = ['pending', 'delivered', 'dead'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** Why there is a delivery: the event happened, or somebody had a stretch of the log sent again. */
export const deliveryOrigins = ['event', 'replay'] as const
export type DeliveryOrigin = (typeof deliveryOrigins)[number]

const successes = new Set([200, 201, 202, 203, 204, 205, 206, 207, 226])

/** Whether a receiver took a delivery: nothing but 200 to 207 and 226 says so (domain 10.4). */
export function isSuccess(statusCode: number): boolean {
  return successes.has(statusCode)
}

/** What one attempt came to. */
export interface RoundTrip {
  /** Unix milliseconds. */
  startedAt: number
  durationMs: number
  /** Undefined when no answer came. */
  statusCode: number | undefined
  /** Why the receiver did not take it: its status, no answer, or no whole one; undefined when it did. */
  error: string | undefined
  /** Request line and headers, as sent. */
  requestHead: string
  /** Status line and headers; undefined without an answer. */
  responseHead: string | undefined
  /** At most the first 4 KiB of the answer's body; undefined without an answer. */
  responseBody: string | undefined
  /** What the receiver asked to wait by `Retry-After`; undefined when it did not. */
  retryAfterMs: number | undefined
}
