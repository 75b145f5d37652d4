const second = 1_000
const minute = 60 * second
const hour = 60 * minute

// ClickFunnels' waits (domain 10.4), after that twice a day.
const waits = [second, 15 * second, minute, 5 * minute, 15 * minute, hour, 12 * hour, 24 * hour]
const laterWait = 12 * hour
const jitter = 0.1

/** A delivery that was not taken for so long is given up. */
export const patienceMs = 72 * hour

/**
 * Milliseconds until the next attempt; undefined when the delivery is given up. `failures` counts from 1, `elapsedMs` is the
 * time since it was queued. A receiver's `Retry-After` makes the wait longer, never shorter: one that goes beyond
 * 72 hours ends it. The last attempt is at 72 hours.
 */
export function nextWait(
  failures: number,
  elapsedMs: number,
  { retryAfterMs = 0, random = Math.random }: { retryAfterMs?: number | undefined; random?: () => number } = {},
): number | undefined {
  const left = patienceMs - elapsedMs
  if (left < second || retryAfterMs > left) return undefined
  const wait = (waits[failures - 1] ?? laterWait) * (1 + jitter * (2 * random() - 1))
  return Math.round(Math.min(left, Math.max(wait, retryAfterMs)))
}

/** An endpoint that failed all the time for so long is disabled. */
export const failingDays = 5

/** Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date; undefined when it is neither. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * second
  // Date.parse takes almost anything for a date.
  const date = header.endsWith(' GMT') ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
