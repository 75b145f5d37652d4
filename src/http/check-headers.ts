import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusal.ts'

const offered = new Set([
  '*/*',
  'application/*',
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
])

/** Refuses with 406 whoever takes none of our answers: before anything runs, so that nothing is written unseen. */
export function checkAccept({ headers }: IncomingMessage): void {
  if (headers.accept === undefined) return
  const wanted = headers.accept.split(',').map(range => range.split(';', 1)[0]?.trim().toLowerCase() ?? '')
  if (wanted.some(type => offered.has(type))) return
  throw new Refusal(
    406,
    'NOT_ACCEPTABLE',
    'The answer is application/json, application/graphql-response+json or text/event-stream.',
  )
}

/** Refuses with 400 a Host header that no URL can be made of. */
export function checkHost({ headers }: IncomingMessage): void {
  if (headers.host !== undefined && !URL.canParse(`http://${headers.host}`)) {
    throw new Refusal(400, 'BAD_REQUEST', 'The Host header is malformed.')
  }
}
