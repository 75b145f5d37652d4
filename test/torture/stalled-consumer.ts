import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../src/seed/random.ts'
import { openSocket } from './socket-client.ts'
import type { Place } from './stage.ts'
import { StreamLedger } from './stream-ledger.ts'
import type { Connection, Crowd } from './subscriber.ts'
import { readItem, selection } from './subscription-text.ts'

// The same again and again: what is not read grows fast.
const bulk = Array.from({ length: 25 }, (_, number) => `more${number}: payload`).join(' ')
const bulkyQuery = `subscription ($after: String) { events(after: $after) { __typename ${selection} ... on Event { ${bulk} } } }`
const query = `subscription ($after: String) { events(after: $after) { __typename ${selection} ... on Event { payload } } }`

// The gateway looks every 12 s whether anything was read since the last time, and cuts 30 s after it has said why. A busy one
// may fill what the network holds for longer than until its first look.
const noticedMs = 44_000
const lateMs = 70_000
const readMs = 8_000
const goOnMs = 1_500
// So much the buffers of the kernel may hold: of less nothing waits in the gateway, and nobody is stalled.
const bufferedCharacters = 16 * 1024 * 1024

/** Stops reading, comes back when the gateway has given it up, in time to hear why or too late, and resumes. */
export class StalledConsumer {
  /** One for each time it began at the start of the log. */
  readonly ledgers: StreamLedger[] = []
  /** How often the gateway had closed it, by code, and how often it had not. */
  readonly ends: Record<string, number> = {}
  readonly #place: Place
  readonly #random: Random
  readonly #crowd: Crowd
  readonly #gateway: string
  #connection: Connection | undefined
  #isOver = false
  #received = 0

  constructor(place: Place, gateway: string, random: Random, crowd: Crowd) {
    this.#place = place
    this.#gateway = gateway
    this.#random = random
    this.#crowd = crowd
  }

  async run(): Promise<void> {
    await delay(this.#random.between(0, 3_000))
    while (!this.#isOver && this.#crowd.last === undefined) {
      this.#begin()
      await this.#stall()
      await this.#goOn()
    }
    while (!this.#isOver && !this.#isDone) await this.#catchUp()
  }

  /** Reads again at once: nothing more is written. */
  settle(): void {
    this.#connection?.drop()
  }

  end(): void {
    this.#isOver = true
    this.#connection?.drop()
  }

  get #ledger(): StreamLedger {
    return this.ledgers.at(-1) ?? this.#begin()
  }

  #begin(): StreamLedger {
    for (const { account } of this.ledgers) account.isPartial = true
    const ledger = new StreamLedger(this.#place.workspaceId, 'stalled', false)
    this.ledgers.push(ledger)
    return ledger
  }

  get #isDone(): boolean {
    const { workspaceId, position } = this.#ledger.account
    return position >= (this.#crowd.last?.get(workspaceId) ?? Number.POSITIVE_INFINITY)
  }

  async #stall(): Promise<void> {
    const connection = this.#open(this.#gateway, bulkyQuery)
    const isEnded = () => this.#connection !== connection
    // A gateway that is busy takes its time, and what is not open yet cannot be paused.
    while (!isEnded() && this.#received === 0) await delay(50)
    await delay(500)
    connection.pause()
    const pausedAt = performance.now()
    const silentMs = this.#random.chance(0.7) ? noticedMs : lateMs
    while (!isEnded() && performance.now() - pausedAt < silentMs) await delay(50)
    // The gateway was away.
    if (isEnded()) return delay(500)
    connection.resume()
    const left = setTimeout(() => {
      const end = this.#received < bufferedCharacters ? 'had nothing waiting' : 'not closed'
      this.ends[end] = (this.ends[end] ?? 0) + 1
      connection.drop()
    }, readMs)
    const { how } = await connection.ended
    clearTimeout(left)
    if (how !== 'dropped') this.ends[how] = (this.ends[how] ?? 0) + 1
  }

  /** Resumes behind what it has read, and reads a little more. */
  async #goOn(): Promise<void> {
    if (this.#isOver || this.#crowd.last !== undefined) return
    const connection = this.#open(this.#gateway, query)
    const patience = setTimeout(() => connection.drop(), goOnMs)
    await connection.ended
    clearTimeout(patience)
  }

  async #catchUp(): Promise<void> {
    const connection = this.#open(this.#crowd.gateways.pick(), query)
    await connection.ended
    await delay(100)
  }

  #open(url: string, query: string): Connection {
    const ledger = this.#ledger
    this.#received = 0
    const connection: Connection = openSocket({
      url,
      key: this.#place.key,
      query,
      after: ledger.cursor ?? 'START',
      onResult: text => {
        this.#received += text.length
        const item = readItem(text)
        if (item?.event !== undefined) ledger.event(item.event.sequence, item.event.id, item.cursor)
        else if (item !== undefined) ledger.place(item.cursor, item.typeName)
        if (this.#isDone) connection.drop()
      },
    })
    this.#connection = connection
    void connection.ended.then(({ how, cursor }) => {
      if (this.#connection === connection) this.#connection = undefined
      if (cursor !== undefined) ledger.place(cursor, how)
    })
    return connection
  }
}
