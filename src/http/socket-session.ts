import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { Actor } from '../shared/actor.ts'
import type { Timings } from './gateway.ts'
import type { LiveSession } from './live-sessions.ts'
import { laggingBytes } from './streams/sink.ts'
import type { Subscriber } from './streams/subscriber.ts'

/** Reasons of the gateway to close a WebSocket, beside those of graphql-transport-ws. */
export const closeCodes = {
  goingAway: 1001,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  tooMany: 4429,
  lagging: 4490,
  internalError: 4500,
} as const

const maxMessagesPerSecond = 100
// More than so many bytes waiting to be read: nothing more is taken in before some of it is.
const maxBufferedBytes = 1024 * 1024
const terminateAfterMs = 1_000
// A client that reads nothing is told why when it reads again. Until then its socket holds little, and takes no more.
const terminateLaggingAfterMs = 30_000
// How long answers may take to be sent when the gateway stops, and how often that is looked at.
const sentMs = 1_000
const lookEveryMs = 5

/** One WebSocket: what it has authenticated as, what is under way on it, and how fast its client reads. */
export class SocketSession {
  readonly socket: WebSocket
  readonly requestId: string
  /** The address of the client. */
  readonly client: string | undefined
  /** Queries and mutations under way. */
  readonly running = new Set<Promise<unknown>>()
  /** Subscriptions that have begun or are about to. */
  subscriptions = 0
  /** Those that are being delivered. */
  readonly subscribers = new Set<Subscriber>()
  live: LiveSession | undefined
  // Below the WebSocket: frames that many sockets share are written here.
  readonly #stream: Socket
  #operations = 0
  #isOpened = false
  #second = 0
  #messages = 0
  #sending = 0
  #sentBytes = 0
  #progressAt = 0
  #awaitsPong = false
  #drained: Promise<void> | undefined
  #terminating: { at: number; timer: NodeJS.Timeout } | undefined
  readonly #closed: Promise<void>

  constructor(socket: WebSocket, stream: Socket, requestId: string, client: string | undefined) {
    this.socket = socket
    this.#stream = stream
    this.#closed = new Promise(resolve => socket.once('close', () => resolve()))
    stream.on('drain', () => this.#resume())
    socket.once('close', () => clearTimeout(this.#terminating?.timer))
    this.requestId = requestId
    this.client = client
  }

  /** Notes who the socket speaks for. */
  authenticated(actor: Actor, authenticate: LiveSession['authenticate']): LiveSession {
    this.live = {
      actor,
      authenticate,
      end: () => this.close(closeCodes.forbidden, 'Forbidden'),
      stop: () => void this.stop(),
    }
    return this.live
  }

  nextRequestId(): string {
    this.#operations += 1
    return `${this.requestId}-${this.#operations}`
  }

  /** Takes a message in, or closes the socket because of it. */
  async receive(data: Buffer, isBinary: boolean, handle: (text: string) => Promise<void>): Promise<void> {
    const { socket } = this
    if (socket.readyState !== socket.OPEN) return
    const text = data.toString('utf8')
    if (isBinary) this.close(closeCodes.badRequest, 'Messages are text')
    else if (!this.#mayBeFirst(text)) this.close(closeCodes.unauthorized, 'Unauthorized')
    else if (!this.#countMessage()) this.close(closeCodes.tooMany, 'Too many messages')
    else {
      if (socket.bufferedAmount > maxBufferedBytes) socket.pause()
      await handle(text)
    }
  }

  // Nothing is looked at before the client has said who it is.
  #mayBeFirst(text: string): boolean {
    this.#isOpened ||= /"type"\s*:\s*"connection_init"/.test(text)
    return this.#isOpened
  }

  #countMessage(): boolean {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) this.#messages = 0
    this.#second = second
    this.#messages += 1
    return this.#messages <= maxMessagesPerSecond
  }

  /** Sends; done when the network has taken it, so that nobody produces more than the client reads. */
  send(text: string): Promise<void> {
    const { socket } = this
    // Whoever sends waits until its source is ended: if sending were done at once, it would empty the source first.
    if (socket.readyState !== socket.OPEN) return this.#closed
    this.#sending += 1
    return new Promise(resolve => {
      // An error means that the socket is closing, which everybody is told in another way.
      socket.send(text, () => {
        this.#sending -= 1
        this.#resume()
        resolve()
      })
    })
  }

  #resume(): void {
    const { socket } = this
    if (socket.isPaused && socket.bufferedAmount <= maxBufferedBytes) socket.resume()
  }

  /** Writes whole frames, in chunks; unlike {@link send} it does not wait. */
  writeFrames(chunks: readonly Buffer[]): void {
    const [first] = chunks
    if (first === undefined || this.isOver) return
    if (chunks.length === 1) {
      this.#stream.write(first)
      return
    }
    this.#stream.cork()
    for (const chunk of chunks) this.#stream.write(chunk)
    this.#stream.uncork()
  }

  /** Whether nothing can be sent any more. */
  get isOver(): boolean {
    // The stream knows first.
    return this.socket.readyState !== this.socket.OPEN || this.#stream.destroyed
  }

  /** Whether whoever can wait should wait for {@link drained}. */
  get isFull(): boolean {
    return this.#stream.writableNeedDrain
  }

  /** Whether the client is too far behind to get what others get. */
  get isLagging(): boolean {
    return this.#stream.writableLength > laggingBytes
  }

  /** Resolves when the client has read what was sent, or is gone. */
  drained(): Promise<void> {
    if (this.isOver) return this.#closed
    if (!this.isFull) return Promise.resolve()
    this.#drained ??= new Promise(resolve => {
      const done = () => {
        this.#stream.off('drain', done).off('close', done)
        this.#drained = undefined
        resolve()
      }
      this.#stream.once('drain', done).once('close', done)
    })
    return this.#drained
  }

  /** Pings the client, and gives up one that does not answer or does not read. */
  watch({ pingMs, stalledMs }: Timings): NodeJS.Timeout {
    const { socket } = this
    socket.on('pong', () => {
      this.#awaitsPong = false
    })
    this.#progressAt = performance.now()
    return setInterval(() => {
      if (this.#hasStalled(stalledMs)) {
        this.close(closeCodes.lagging, this.#withCursor('lagging'))
      } else if (this.#awaitsPong) {
        // Behind what the client still has to read the ping may not have come yet, and what is not read has no pong.
        if (this.#stream.writableLength === 0 && !socket.isPaused) socket.terminate()
      } else if (socket.readyState === socket.OPEN) {
        this.#awaitsPong = true
        socket.ping()
      }
    }, pingMs)
  }

  // Whether something waits to be read, and for so long nothing was.
  #hasStalled(stalledMs: number): boolean {
    const waiting = this.#stream.writableLength
    const sent = this.#stream.bytesWritten - waiting
    if (waiting === 0 || sent !== this.#sentBytes) this.#progressAt = performance.now()
    this.#sentBytes = sent
    return performance.now() - this.#progressAt > stalledMs
  }

  // A close reason with the place that all subscriptions to the log have got up to, once the client has read what was sent.
  #withCursor(reason: string): string {
    const positions = [...this.subscribers].flatMap(({ place }) => place ?? [])
    const first = positions.reduce<(typeof positions)[0] | undefined>(
      (least, place) => (least === undefined || place.position < least.position ? place : least),
      undefined,
    )
    return first === undefined ? reason : `${reason} ${first.cursor}`
  }

  /** Closes the socket, whether its client takes part or not. */
  close(code: number, reason: string): void {
    const { socket } = this
    if (socket.readyState === socket.OPEN) {
      socket.resume()
      socket.close(code, reason)
      for (const subscriber of this.subscribers) subscriber.stop()
    }
    if (socket.readyState === socket.CLOSING) {
      this.#terminateAfter(code === closeCodes.lagging ? terminateLaggingAfterMs : terminateAfterMs)
    }
  }

  // Whoever wants it sooner has it so.
  #terminateAfter(milliseconds: number): void {
    const at = performance.now() + milliseconds
    if (this.#terminating !== undefined && this.#terminating.at <= at) return
    clearTimeout(this.#terminating?.timer)
    this.#terminating = { at, timer: setTimeout(() => this.socket.terminate(), milliseconds) }
  }

  /** Closes the socket when its queries and mutations are answered and the answers are sent. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.running)
    const deadline = performance.now() + sentMs
    do await sleep(lookEveryMs)
    while (this.#sending > 0 && performance.now() < deadline)
    this.close(closeCodes.goingAway, this.#withCursor('Going away'))
  }
}
