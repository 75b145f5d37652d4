import type { IncomingMessage, ServerResponse } from 'node:http'
import { overloadedMessage } from '../graphql/request-errors.ts'

/** A request that is answered before GraphQL sees it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** There is no room for the request now. */
export function overloaded(): Refusal {
  return new Refusal(503, 'OVERLOADED', overloadedMessage, { 'retry-after': '1' })
}

/** The database cannot be asked who sends the request. */
export function unavailable(): Refusal {
  return new Refusal(503, 'SERVICE_UNAVAILABLE', 'The database is away. Try again soon.', { 'retry-after': '1' })
}

const lingerMs = 500

/** Answers with a refusal. What is left of the request's body is thrown away, for half a second. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return
  const { status, code, message, headers } = refusal
  const isGraphql = request.headers.accept?.includes('application/graphql-response+json')
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] })
  response.writeHead(status, {
    'content-type': `application/${isGraphql ? 'graphql-response+json' : 'json'}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
  if (!request.complete) discardBody(request)
}

// Closing at once would reset the connection under a client that is still sending, and it would not see the answer.
function discardBody(request: IncomingMessage): void {
  request.resume()
  const timer = setTimeout(() => request.socket.destroy(), lingerMs)
  request.once('close', () => clearTimeout(timer))
}
