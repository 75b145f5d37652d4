import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { RemoteGateway } from '../remote-gateway.ts'

/** An event as the stream shows it. */
export interface StreamedEvent {
  eventId: string
  sequence: string
  /** In ClickFunnels' words: `orders/invoice.paid`. */
  eventType: string
  createdAt: string
  liveMode: boolean | null
  /** The webhook body. */
  payload: Record<string, unknown>
}

/** Whatever the stream brings; all but events only moves the cursor on, or with `earliest` says that there is no going on. */
export type StreamItem = { __typename: string; cursor: string } & (
  | StreamedEvent
  | { eventId?: never; earliest?: string }
)

/** The stream that a client asked for was not given, or was taken back. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused'
  readonly errors: readonly StreamProblem[]

  constructor(errors: readonly StreamProblem[]) {
    super(errors[0]?.message ?? 'no reason given')
    this.errors = errors
  }
}

type StreamProblem = Readonly<{ message: string; extensions?: Record<string, unknown> }>

const document = `subscription Listen($after: String, $types: [EventType!]) {
  events(after: $after, types: $types) {
    __typename
    cursor
    ... on Event { eventId sequence eventType createdAt liveMode payload }
    ... on CursorExpired { earliest }
  }
}`

// So many events may wait for the receiver; then nothing more is read until most of them are gone.
const mostWaiting = 256
const fewWaiting = 64
const keepAliveMs = 10_000
const handshakeMs = 10_000
const farewellMs = 500

export interface StreamOptions {
  gateway: RemoteGateway
  after: string
  /** Names of the enum; undefined: all. */
  types: readonly string[] | undefined
  signal: AbortSignal
  /** The gateway has taken the key. */
  onConnected(): void
}

/**
 * The items of the log after a place, over one WebSocket, at the pace of the caller. Ends when the gateway ends it or on the
 * signal; throws StreamRefused, a close event or a network error, after what had come before it.
 */
export async function* streamItems(options: StreamOptions): AsyncGenerator<StreamItem, void, undefined> {
  const { gateway, after, types, signal, onConnected } = options
  const waiting: StreamItem[] = []
  let wake = () => {}
  let end: { error?: unknown } | undefined
  let socket: WebSocket | undefined
  let silence: NodeJS.Timeout | undefined
  const finish = (reason: { error?: unknown }) => {
    end ??= reason
    wake()
  }
  // A network that is gone says nothing; a stream that is held back here is only not read.
  const expectLife = () => {
    if (socket?.isPaused) silence = setTimeout(expectLife, keepAliveMs)
    else finish({ error: new Error(`no sign of life for ${keepAliveMs / 1_000} s`) })
  }
  const client = createClient({
    url: gateway.url.replace(/^http/, 'ws'),
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { handshakeTimeout: handshakeMs })
        this.on('error', () => {})
        socket = this
      }
    },
    connectionParams: { authorization: `Bearer ${gateway.key}` },
    connectionAckWaitTimeout: handshakeMs,
    retryAttempts: 0,
    keepAlive: keepAliveMs,
    on: {
      connected: onConnected,
      message: () => clearTimeout(silence),
      ping(isReceived) {
        if (!isReceived) silence = setTimeout(expectLife, keepAliveMs)
      },
    },
  })
  const unsubscribe = client.subscribe<{ events: StreamItem }>(
    { query: document, variables: { after, types } },
    {
      next({ data, errors }) {
        if (errors !== undefined) finish({ error: new StreamRefused(errors) })
        if (data == null) return
        waiting.push(data.events)
        if (waiting.length >= mostWaiting) socket?.pause()
        wake()
      },
      error: error => finish({ error: Array.isArray(error) ? new StreamRefused(error) : error }),
      complete: () => finish({}),
    },
  )
  const stop = () => finish({})
  signal.addEventListener('abort', stop)
  try {
    while (!signal.aborted) {
      const item = waiting.shift()
      if (item !== undefined) {
        if (socket?.isPaused && waiting.length <= fewWaiting) socket.resume()
        yield item
      } else if (end === undefined) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      } else if ('error' in end) throw end.error
      else return
    }
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(silence)
    unsubscribe()
    socket?.resume()
    const left = socket
    setTimeout(() => left?.terminate(), farewellMs).unref()
  }
}
