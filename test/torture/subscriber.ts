import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../src/seed/random.ts'
import { openEventStream } from './event-stream-client.ts'
import type { GatewayChoice } from './gateway-choice.ts'
import type { LagHistogram } from './lag-histogram.ts'
import { openSocket } from './socket-client.ts'
import type { Place } from './stage.ts'
import { StreamLedger } from './stream-ledger.ts'
import { type ReadItem, readItem, selection } from './subscription-text.ts'

/** How a subscriber is connected and what it asks for. */
export type SubscriberKind = 'shared' | 'distinct' | 'filtered' | 'distinct filtered' | 'event stream'

/** What all subscribers of the process have in common. */
export interface Crowd {
  gateways: GatewayChoice
  lag: LagHistogram
  /** How often a connection ended in which way. */
  ends: Record<string, number>
  /** Errors that streams ended with, by code. */
  errors: Record<string, number>
  connects: number
  /** Times that a connection went on from a cursor. */
  resumes: number
  received: number
  /** Whether nobody drops any more: the log has an end, by workspace. */
  last: ReadonlyMap<string, number> | undefined
}

/** One connection of a subscriber, while it lasts. */
export interface Connection {
  /** How it ended, with the cursor it was ended with. */
  ended: Promise<{ how: string; cursor?: string | undefined }>
  /** Stops and goes on reading. */
  pause(): void
  resume(): void
  /** Cuts it. */
  drop(): void
}

export interface ConnectionRequest {
  url: string
  key: string
  query: string
  after: string | undefined
  /** A result's text. */
  onResult(text: string): void
  /** It was let in. */
  onOpen?(): void
}

const slowShare = 0.05
const sampleEvery = 8
const longestPauseMs = 5_000

/** Follows a log, drops every 0.1 to 3 s, resumes from whatever cursor it saw last, and keeps account of what it got. */
export class Subscriber {
  readonly ledger: StreamLedger
  readonly #place: Place
  readonly #kind: SubscriberKind
  readonly #query: string
  readonly #random: Random
  readonly #crowd: Crowd
  #connection: Connection | undefined
  #failures = 0
  #isLive = false
  #isOver = false

  constructor(place: Place, kind: SubscriberKind, number: number, random: Random, crowd: Crowd) {
    const isFiltered = kind === 'filtered' || kind === 'distinct filtered'
    this.ledger = new StreamLedger(place.workspaceId, kind, isFiltered)
    this.#place = place
    this.#kind = kind
    this.#random = random
    this.#crowd = crowd
    const alias = kind.startsWith('distinct') ? `e${number}: ` : ''
    const filter = isFiltered ? ', groups: [INVOICE]' : ''
    const more = kind === 'event stream' ? '... on Event { payload }' : ''
    this.#query = `subscription ($after: String) { ${alias}events(after: $after${filter}) { __typename ${selection} ${more} } }`
  }

  /** Whether it has got everything there is. */
  get isDone(): boolean {
    const { workspaceId, position } = this.ledger.account
    const last = this.#crowd.last?.get(workspaceId)
    return last !== undefined && position >= last
  }

  /** Follows until everything has come, or until it is ended. */
  async run(): Promise<void> {
    await delay(this.#random.between(0, 2_000))
    while (!this.#isOver && !this.isDone) await this.#connect()
  }

  end(): void {
    this.#isOver = true
    this.#connection?.drop()
  }

  /** Has whoever is connected stay, and connect once more when it is cut. */
  settle(): void {
    if (this.isDone) this.#connection?.drop()
  }

  async #connect(): Promise<void> {
    const crowd = this.#crowd
    crowd.connects += 1
    if (this.ledger.cursor !== undefined) crowd.resumes += 1
    this.#isLive = false
    const url = crowd.gateways.pick()
    const open = this.#kind === 'event stream' ? openEventStream : openSocket
    let timer: NodeJS.Timeout | undefined
    const connection: Connection = open({
      url,
      key: this.#place.key,
      query: this.#query,
      after: this.ledger.cursor,
      onResult: text => this.#take(text),
      // Who waits to be let in has dropped nothing yet.
      onOpen: () => {
        timer = setTimeout(() => crowd.last === undefined && connection.drop(), this.#random.between(100, 3_000))
      },
    })
    this.#connection = connection
    const isSlow = this.#random.chance(slowShare)
    if (isSlow) void this.#readSlowly(connection)
    const { how, cursor } = await connection.ended
    clearTimeout(timer)
    this.#connection = undefined
    if (how === 'refused') crowd.gateways.refused(url)
    crowd.ends[how] = (crowd.ends[how] ?? 0) + 1
    if (cursor !== undefined) this.ledger.place(cursor, how)
    if (how === 'dropped') return
    // As clients do: later and later while it fails.
    const longestMs = Math.min(longestPauseMs, 100 * 2 ** this.#failures)
    this.#failures += 1
    await delay(this.#random.between(longestMs / 4, longestMs))
  }

  async #readSlowly(connection: Connection): Promise<void> {
    while (this.#connection === connection) {
      connection.pause()
      await delay(this.#random.between(50, 400))
      connection.resume()
      await delay(this.#random.between(5, 50))
    }
  }

  #take(text: string): void {
    const item = readItem(text)
    if (item === undefined) {
      const code = /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? text.slice(0, 200)
      this.#crowd.errors[code] = (this.#crowd.errors[code] ?? 0) + 1
      return
    }
    this.#failures = 0
    const { event, cursor, typeName } = item
    if (event === undefined) this.#control(item)
    else {
      this.ledger.event(event.sequence, event.id, cursor)
      this.#crowd.received += 1
      if (this.#isLive && event.sequence % sampleEvery === 0)
        this.#crowd.lag.add(Date.now() - Date.parse(event.createdAt))
    }
    if (this.isDone) this.#connection?.drop()
    // Some go on from inside of what was just said, not from an event.
    else if (typeName === 'CaughtUp' && this.#crowd.last === undefined && this.#random.chance(0.1))
      this.#connection?.drop()
  }

  #control({ typeName, cursor }: ReadItem): void {
    this.ledger.place(cursor, typeName)
    if (typeName === 'CaughtUp') this.#isLive = true
  }
}
