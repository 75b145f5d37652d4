import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'

/** A message of an event stream, as a browser's EventSource gives it. */
export interface SourceMessage {
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: a message is whatever the test says it is
  data: any
  id: string
}

/** What a browser's EventSource does with one connection: no header of its own but the last id. */
export interface EventSource {
  response: IncomingMessage
  messages: SourceMessage[]
  lastEventId: string
  ended: Promise<void>
  close(): void
}

/** Opens one; its status is that of `response`. */
export async function openEventSource(url: string, headers: Record<string, string> = {}): Promise<EventSource> {
  const outgoing: ClientRequest = request(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } })
  outgoing.on('error', () => {})
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const source: EventSource = {
    response,
    messages: [],
    lastEventId: headers['last-event-id'] ?? '',
    ended: new Promise(resolve => response.once('close', () => resolve())),
    close: () => outgoing.destroy(),
  }
  let rest = ''
  response.setEncoding('utf8')
  response.on('error', () => {})
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) take(source, block)
  })
  return source
}

function take(source: EventSource, block: string): void {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''))
  }
  source.lastEventId = fields.get('id') ?? source.lastEventId
  const data = fields.get('data')
  if (data === undefined) return
  const event = fields.get('event') ?? 'message'
  source.messages.push({ event, data: data === '' ? undefined : JSON.parse(data), id: source.lastEventId })
}
