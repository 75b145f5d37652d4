import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { Databases } from '../../src/database/connect.ts'
import { EventFeed } from '../../src/events/event-feed.ts'
import { Random } from '../../src/seed/random.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { GatewayChoice } from './gateway-choice.ts'
import { type Journal, newJournal } from './journal.ts'
import { LogWriter } from './log-writer.ts'
import { MutationClient } from './mutation-client.ts'
import { Pace } from './pace.ts'
import { obey } from './part.ts'
import type { Place, Stage } from './stage.ts'

// The writers, in a process of their own: sales through the API, and events appended straight to the log.

// One writer of so many sells: it waits while no gateway is there, the others go on.
const sellerOf = 4
const eventsOfSale = 8
const maxAppended = 40
const firstPlaceShare = 0.2
const replayShare = 0.05

const journal = newJournal()
let isOver = false
let ended: Promise<unknown> = Promise.resolve()

interface Writing extends Stage {
  writers: number
  eventsPerSecond: number
}

async function start(stage: Writing): Promise<void> {
  const sizes = { poolSize: stage.writers + 1, poolQueue: 1_000, sharedConnections: 1, statementTimeoutMs: 10_000 }
  const databases = new Databases({ connectionString: stage.databaseUrl, schema: 'public', ...sizes }, () => {})
  const feed = new EventFeed(databases, () => {})
  await feed.start()
  await using keys = new KeyRing(databases)
  const actors = new Map<Place, Actor>()
  for (const place of stage.places) {
    const actor = await keys.authenticate(place.key)
    if (actor !== undefined) actors.set(place, actor)
  }
  const pace = new Pace(stage.eventsPerSecond)
  const gateways = new GatewayChoice(stage.gateways, new Random([stage.seed, 8]))
  const work = { stage, gateways, actors, pace, log: new LogWriter(databases, feed, journal) }
  const writers = Array.from({ length: stage.writers }, (_, number) => write(work, number))
  ended = Promise.all([...writers, idle(databases, new Random([stage.seed, 2]))]).then(async () => {
    await feed[Symbol.asyncDispose]()
    await databases[Symbol.asyncDispose]()
  })
}

interface Work {
  stage: Writing
  gateways: GatewayChoice
  actors: Map<Place, Actor>
  pace: Pace
  log: LogWriter
}

async function write({ stage, gateways, actors, pace, log }: Work, number: number): Promise<void> {
  const random = new Random([stage.seed, 1, number])
  const client = new MutationClient(gateways, journal)
  for (let turn = 0; !isOver; turn += 1) {
    const isFirst = random.chance(firstPlaceShare)
    const place = isFirst ? stage.places[0] : random.pick(stage.places)
    const actor = place && actors.get(place)
    if (place === undefined || actor === undefined) continue
    if (number % sellerOf === 0) {
      await pace.take(eventsOfSale)
      await sell(client, place, `${stage.seed}-${number}-${turn}`, random)
    } else {
      await pace.take(await log.append(actor, random.integer(1, maxAppended), random))
    }
  }
}

/** An order, its invoice, and that it is paid. */
async function sell(client: MutationClient, place: Place, key: string, random: Random): Promise<void> {
  const { contactId, priceId, variantId } = place
  const lineItems = [{ variantId, priceId, quantity: random.integer(1, 5) }]
  const order = { contact: { id: contactId }, liveMode: true, notes: `${key}-order`, lineItems }
  const ordered = await client.run(place, 'createOrder', `${key}-order`, order)
  if (ordered === undefined || isOver) return
  const invoiced = await client.run(place, 'createInvoice', `${key}-invoice`, { order: { id: ordered.id } })
  if (invoiced === undefined || isOver) return
  const payment = { invoice: { id: invoiced.id }, status: 'PAID' }
  const paid = await client.run(place, 'setInvoiceStatus', `${key}-payment`, payment)
  if (paid === undefined || !random.chance(replayShare)) return
  await client.replay(place, 'createOrder', `${key}-order`, order, ordered)
  await client.replay(place, 'setInvoiceStatus', `${key}-payment`, payment, paid)
}

/** Keeps a transaction with a number of its own open and does nothing in it: no reader may wait for that. */
async function idle({ db }: Databases, random: Random): Promise<void> {
  while (!isOver) {
    const transaction = db.transaction().execute(async trx => {
      await sql`select pg_current_xact_id()`.execute(trx)
      for (const end = performance.now() + random.between(2_000, 10_000); !isOver && performance.now() < end; )
        await delay(100)
    })
    await transaction.catch(() => delay(200))
  }
}

obey({
  start,
  /** How many events were acknowledged so far. */
  count: () => journal.appends.reduce((sum, { count }) => sum + count, 0),
  async stop(): Promise<Journal> {
    isOver = true
    await ended
    return journal
  },
})
