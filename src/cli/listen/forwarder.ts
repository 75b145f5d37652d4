import { Buffer } from 'node:buffer'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent } from 'undici'
import type { RoundTrip } from '../../webhooks/delivery.ts'
import { CutOff, post } from '../../webhooks/post.ts'
import { signatureHeaders } from '../../webhooks/signature.ts'
import type { StreamedEvent } from './stream-items.ts'

const timeoutMs = 15_000
const shortestWaitMs = 100
const longestWaitMs = 3_000

/** What became of an event at the receiver. */
export interface Forwarded {
  /** Undefined when no answer came in time. */
  status: number | undefined
  /** Why it counts as not taken; undefined when it was. */
  error: string | undefined
  /** Of the last attempt. */
  durationMs: number
  attempts: number
}

interface ForwarderOptions {
  to: URL
  secret: Buffer
  /** Gives up waiting for a receiver that is down. */
  stopping: AbortSignal
  /** Gives up waiting for an answer. */
  cuttingOff: AbortSignal
  /** Nobody listens there; it is tried again until somebody does. */
  onDown(error: string): void
}

/** Posts events to one URL, signed as the gateway's webhooks are. */
export class Forwarder implements AsyncDisposable {
  readonly #options: ForwarderOptions
  // A connection for each post: a receiver that is restarted leaves no dead ones behind.
  readonly #agent = new Agent({ pipelining: 0, connect: { timeout: 10_000 } })

  constructor(options: ForwarderOptions) {
    this.#options = options
  }

  /** Posts an event and waits for the answer, for as long as the receiver is down; undefined when it was stopped before. */
  async forward({ eventId, payload }: StreamedEvent): Promise<Forwarded | undefined> {
    const { stopping, onDown } = this.#options
    const body = Buffer.from(JSON.stringify(payload))
    for (let attempts = 1; ; attempts += 1) {
      const trip = await this.#post(eventId, body)
      if (trip === undefined) return undefined
      const { statusCode: status, error, durationMs } = trip
      const isDown = status === undefined && durationMs < timeoutMs - 1
      if (!isDown) return { status, error, durationMs, attempts }
      if (attempts === 1) onDown(error ?? 'no answer')
      const wait = Math.min(longestWaitMs, shortestWaitMs * 2 ** (attempts - 1))
      await delay(wait, undefined, { signal: stopping }).catch(() => {})
      if (stopping.aborted) return undefined
    }
  }

  // Each attempt is signed anew (domain 10.5).
  async #post(eventId: string, body: Buffer): Promise<RoundTrip | undefined> {
    const { to: url, secret, cuttingOff: signal } = this.#options
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'orders-gateway-listen/1',
      ...signatureHeaders(eventId, Math.floor(Date.now() / 1_000), body, [secret]),
    }
    try {
      return await post(this.#agent, { url, headers, body, timeoutMs, signal })
    } catch (error) {
      if (error instanceof CutOff) return undefined
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}
