import { Buffer } from 'node:buffer'
import type { Dispatcher } from 'undici'
import { isSuccess, type RoundTrip } from './delivery.ts'
import { readRetryAfter } from './retry-schedule.ts'

/** What an answer may have; what lies beyond is not read. */
const maxBodyBytes = 64 * 1024
const shownBytes = 4 * 1024
const shownHeadCharacters = 4 * 1024

/** The answer is longer than what is read of it. */
class LongAnswer extends Error {}

interface PostRequest {
  url: URL
  headers: Readonly<Record<string, string>>
  body: Buffer
  /** From the call to the end of the answer. */
  timeoutMs: number
  /** Cuts the request off. */
  signal?: AbortSignal | undefined
}

/** The request was cut off because the gateway stops: nothing is known about it. */
export class CutOff extends Error {
  override readonly name = 'CutOff'
}

/**
 * Posts a body and reads the answer, as far as it is kept. Redirects are not followed. Resolves with whatever happened; rejects
 * with {@link CutOff} only.
 */
export function post(
  dispatcher: Dispatcher,
  { url, headers, body, timeoutMs, signal }: PostRequest,
): Promise<RoundTrip> {
  const path = `${url.pathname}${url.search}`
  const startedAt = Date.now()
  const start = performance.now()
  const sent = { ...headers, 'content-length': String(body.length) }
  const requestHead = writeHead(`POST ${path} HTTP/1.1`, { host: url.host, ...sent })
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let statusCode: number | undefined
    let responseHead: string | undefined
    let retryAfterMs: number | undefined
    const kept: Buffer[] = []
    let received = 0
    let isSettled = false
    let abortedBy: Error | undefined

    const abort = (reason: Error) => {
      abortedBy ??= reason
      controller?.abort(abortedBy)
    }
    const timer = setTimeout(() => {
      abort(new Error(`no whole answer within ${timeoutMs / 1_000} s`))
      // A connection that is still being made has no controller yet.
      settle(abortedBy)
    }, timeoutMs)
    const onAbort = () => {
      abort(new CutOff('the gateway stops'))
      settle(abortedBy)
    }
    signal?.addEventListener('abort', onAbort)

    function settle(error: Error | undefined): void {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (error instanceof CutOff) {
        reject(error)
        return
      }
      const isWhole = error === undefined || error instanceof LongAnswer
      resolve({
        startedAt,
        durationMs: performance.now() - start,
        statusCode,
        error: isWhole ? refusal(statusCode) : describe(error),
        requestHead,
        responseHead,
        responseBody: responseHead === undefined ? undefined : writeBody(Buffer.concat(kept)),
        retryAfterMs,
      })
    }

    dispatcher.dispatch(
      // `reset` would close the connection; both timeouts are ours.
      { origin: url.origin, path, method: 'POST', headers: sent, body, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(given) {
          controller = given
          if (abortedBy !== undefined) given.abort(abortedBy)
        },
        onResponseStart(_controller, status, answer, message) {
          if (status < 200) return
          statusCode = status
          responseHead = writeHead(`HTTP/1.1 ${status}${message ? ` ${message}` : ''}`, answer)
          const header = answer['retry-after']
          retryAfterMs = readRetryAfter(Array.isArray(header) ? header[0] : header, Date.now())
        },
        onResponseData(_controller, chunk) {
          if (received < shownBytes) kept.push(Buffer.from(chunk.subarray(0, shownBytes - received)))
          received += chunk.length
          if (received > maxBodyBytes) abort(new LongAnswer())
        },
        onResponseEnd: () => settle(undefined),
        onResponseError: (_controller, error) => settle(abortedBy ?? error),
      },
    )
  })
}

function refusal(statusCode: number | undefined): string | undefined {
  if (statusCode === undefined) return 'there was no answer'
  if (isSuccess(statusCode)) return undefined
  return statusCode >= 300 && statusCode < 400
    ? `answered ${statusCode}: redirects are not followed`
    : `answered ${statusCode}`
}

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const message = error.message || (error instanceof AggregateError ? String(error.errors[0]?.message) : error.name)
  return code === undefined || message.includes(code) ? message : `${code}: ${message}`
}

function writeHead(firstLine: string, headers: Record<string, string | string[] | undefined>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map(one => `${name}: ${one}`),
  )
  return storable([firstLine, ...lines].join('\n').slice(0, shownHeadCharacters))
}

function writeBody(bytes: Buffer): string {
  return storable(bytes.toString('utf8'))
}

// What Postgres cannot hold.
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}
