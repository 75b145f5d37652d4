import { setTimeout as delay } from 'node:timers/promises'
import { GatewayError, refusal, unknownKey } from '../remote-gateway.ts'
import { type StreamItem, type StreamOptions, StreamRefused, streamItems } from './stream-items.ts'

const shortestWaitMs = 200
const longestWaitMs = 5_000
const steadyMs = 10_000

interface FollowOptions extends Omit<StreamOptions, 'onConnected'> {
  /** The stream was cut; it is tried again until it stands, which `onResumed` tells. */
  onCut(reason: string): void
  onResumed(): void
}

/**
 * The items of a gateway's log after a place, each once and in order, however often the gateway or the network goes away in
 * between. Ends on the signal. Throws GatewayError when going on is of no use: the key or the cursor is not taken.
 */
export async function* followGateway(options: FollowOptions): AsyncGenerator<StreamItem, void, undefined> {
  const { gateway, signal, onCut, onResumed } = options
  let { after } = options
  let failures = 0
  let isCut = false
  const onConnected = () => {
    if (isCut) onResumed()
    isCut = false
  }
  while (!signal.aborted) {
    const startedAt = performance.now()
    let reason = 'the gateway ended it'
    try {
      for await (const item of streamItems({ ...options, after, onConnected })) {
        if ('earliest' in item) throw new GatewayError(cursorProblem(item.cursor, item.earliest))
        yield item
        after = item.cursor
        failures = 0
      }
    } catch (error) {
      reason = cutReason(error, gateway.url, after)
    }
    if (signal.aborted) return
    if (performance.now() - startedAt > steadyMs) failures = 0
    if (!isCut) onCut(reason)
    isCut = true
    const wait = Math.min(longestWaitMs, shortestWaitMs * 2 ** failures) * (0.75 + Math.random() / 2)
    failures += 1
    await delay(wait, undefined, { signal }).catch(() => {})
  }
}

// Refusals that another try would only meet again.
const finalCodes = new Set<unknown>(['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED'])
// Close codes of graphql-transport-ws: the key is not, or no longer, good.
const keyCodes = new Set<unknown>([4401, 4403])

function cutReason(error: unknown, url: string, after: string): string {
  if (error instanceof GatewayError) throw error
  if (error instanceof StreamRefused) {
    const [problem = { message: error.message }] = error.errors
    const { code, earliest } = problem.extensions ?? {}
    if (code === 'BAD_CURSOR') throw new GatewayError(cursorProblem(after, earliest))
    if (finalCodes.has(code)) throw refusal(url, problem)
    return problem.message
  }
  if (typeof error !== 'object' || error === null) return String(error)
  const { code, reason, message } = error as { code?: unknown; reason?: unknown; message?: unknown }
  if (keyCodes.has(code)) throw new GatewayError(unknownKey(url))
  const words = [reason, message].find(text => typeof text === 'string' && text !== '')
  return [code, words].filter(part => part !== undefined).join(' ') || 'the connection broke'
}

function cursorProblem(after: string, earliest: unknown): string {
  if (typeof earliest !== 'string') return `${after} is no cursor of this log`
  return `the events after ${after} are no longer kept: go on with --after START, which is ${earliest}`
}
