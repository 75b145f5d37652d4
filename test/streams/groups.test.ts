import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createContact } from '../../src/contacts/create-contact.ts'
import { updateContact } from '../../src/contacts/update-contact.ts'
import { statementChannel } from '../../src/database/statement-count.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { range } from '../events/event-log.ts'
import { heldMegabytes } from '../http/held-megabytes.ts'
import { until } from '../http/until.ts'
import {
  cursorOf,
  type StreamGateway,
  type Subscription,
  sequencesOf,
  startStreamGateway,
  subscribe,
} from './stream-gateway.ts'

let gateway: StreamGateway
beforeAll(async () => {
  gateway = await startStreamGateway({ recheckMs: 50 })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const document = `subscription ($after: String, $types: [EventType!]) {
  events(after: $after, types: $types) { __typename cursor ... on Event { sequence payload } ... on Heartbeat { lagMs } }
}`

const isCaughtUp = ({ items }: { items: { __typename: string }[] }) =>
  items.some(item => item.__typename === 'CaughtUp')

describe('a shared stream', () => {
  test('is run once for each event, whatever `after`, id, socket and key', async () => {
    const { key, actor } = await gateway.newKey()
    const other = await gateway.newKey(actor.workspace)
    const commands = gateway.process.commands(actor)
    const { result } = await createContact(commands, { firstName: 'Ada' })
    await gateway.write(actor, {}, {})
    const clients = await Promise.all([key, other.key, key].map(each => gateway.connect(each)))
    const withSubject = `subscription ($after: String) {
      events(after: $after, groups: [CONTACT]) { __typename ... on Event { sequence subject { ... on Contact { firstName } } } }
    }`
    const streams = clients.flatMap(client =>
      range(1, 10).map(n => subscribe(client, withSubject, n > 5 ? {} : { after: cursorOf(actor, n % 4) })),
    )
    await until(() => streams.every(isCaughtUp))
    await until(() => gateway.process.feed.followers === 1)
    const statements: string[] = []
    const note = (text: unknown) => void statements.push(String(text))
    statementChannel.subscribe(note)
    for (const firstName of ['Grace', 'Edsger', 'Barbara']) {
      await updateContact(commands, { id: encodeGlobalId('Contact', result), firstName })
      await until(() => streams.every(({ items }) => items.at(-1)?.subject?.firstName === firstName))
    }
    statementChannel.unsubscribe(note)
    const reads = statements.filter(text => /^select .* from "contacts"\s+where .* = any\(/s.test(text))
    expect(reads).toHaveLength(3)
    for (const stream of streams) {
      const names = stream.items.flatMap(item => item.subject?.firstName ?? [])
      expect(names.slice(-3)).toEqual(['Grace', 'Edsger', 'Barbara'])
    }
    for (const { socket } of clients) socket.close()
    await until(() => gateway.process.feed.followers === 0)
  })

  test('is not shared with whom may see less, nor with another workspace', async () => {
    const { key, actor } = await gateway.newKey()
    const lesser = await gateway.newKey(actor.workspace, ['contacts:read'])
    const stranger = await gateway.newKey()
    const withSubject = `subscription {
      events { __typename ... on Event { sequence subject { __typename } } }
    }`
    const clients = await Promise.all([key, lesser.key, stranger.key].map(each => gateway.connect(each)))
    const [all, less, none] = clients.map(client => subscribe(client, withSubject))
    await until(() => [all, less, none].every(stream => stream !== undefined && isCaughtUp(stream)))
    await createContact(gateway.process.commands(actor), { firstName: 'Ada' })
    await until(() => all?.items.length === 2 && less?.items.length === 2)
    expect(all?.items[1]).toEqual({ __typename: 'Event', sequence: '1', subject: { __typename: 'Contact' } })
    expect(less?.results[1]).toMatchObject({
      data: { events: { sequence: '1', subject: null } },
      errors: [{ path: ['events', 'subject'], extensions: { code: 'FORBIDDEN', scope: 'contacts:read' } }],
    })
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(none?.items.filter(item => item.__typename === 'Event')).toEqual([])
    for (const { socket } of clients) socket.close()
  })

  test('is shared by keys that differ in a scope that the document does not touch', async () => {
    const { actor, key } = await gateway.newKey()
    const lesser = await gateway.newKey(actor.workspace, ['catalog:write'])
    const clients = await Promise.all([key, lesser.key].map(each => gateway.connect(each)))
    const streams = clients.map(client => subscribe(client, 'subscription { events { __typename } }'))
    await until(() => streams.every(isCaughtUp))
    await until(() => gateway.process.feed.followers === 1)
    for (const { socket } of clients) socket.close()
    await until(() => gateway.process.feed.followers === 0)
  })
})

test('who comes, goes and lags gets each event once, in order, without a gap', async () => {
  const { key, actor } = await gateway.newKey()
  const clients = await Promise.all(range(1, 10).map(() => gateway.connect(key)))
  const total = 3_000
  let last = 0
  const writing = (async () => {
    while (last < total) {
      last = await gateway.write(actor, ...range(1, 20).map(n => ({ data: { text: 'x'.repeat(n * 50) } })))
    }
  })()
  const streams: { from: number; stream: Subscription }[] = []
  // Some read nothing for a while: they fall out of the group and catch up later.
  const slow = clients.slice(0, 3)
  const stalling = (async () => {
    for (const client of slow) {
      client.socket.pause()
      await new Promise(resolve => setTimeout(resolve, 250))
      client.socket.resume()
    }
  })()
  while (last < total) {
    const client = clients[streams.length % clients.length]
    if (client !== undefined && streams.length < 120) {
      const from = Math.floor(last / 2)
      streams.push({ from, stream: subscribe(client, document, { after: cursorOf(actor, from) }) })
    }
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await writing
  await stalling
  await until(() => streams.every(({ stream }) => sequencesOf(stream).at(-1) === last))
  expect(streams.length).toBeGreaterThan(20)
  for (const { from, stream } of streams) {
    expect(sequencesOf(stream)).toEqual(range(from + 1, last))
    expect(stream.items.filter(item => item.__typename === 'CaughtUp')).toHaveLength(1)
  }
  for (const { socket } of clients) socket.close()
})

test('a heartbeat moves the cursor of a filtered stream on', async () => {
  await using beating = await startStreamGateway({ heartbeatMs: 300 })
  const { key, actor } = await beating.newKey()
  const client = await beating.connect(key)
  const filtered = subscribe(client, document, { types: ['CONTACT_CREATED'] })
  await until(() => isCaughtUp(filtered))
  await beating.write(actor, ...range(1, 7).map(() => ({})))
  await until(() => filtered.items.some(item => item.cursor === cursorOf(actor, 7)))
  const heartbeat = filtered.items.at(-1)
  expect(heartbeat).toEqual({ __typename: 'Heartbeat', cursor: cursorOf(actor, 7), lagMs: expect.any(Number) })
  expect(heartbeat.lagMs).toBeGreaterThanOrEqual(0)
  const resumed = subscribe(client, document, { types: ['CONTACT_CREATED'], after: heartbeat.cursor })
  await beating.write(actor, { type: 'contact.created', liveMode: null })
  await until(() => sequencesOf(resumed).length > 0 && sequencesOf(filtered).length > 0)
  expect([sequencesOf(resumed), sequencesOf(filtered)]).toEqual([[8], [8]])
  client.socket.close()
})

describe('clients that do not read', () => {
  const big = () => range(1, 20).map(() => ({ data: { text: 'x'.repeat(60_000) } }))

  test('are closed with 4490 and the cursor they have got up to; others never wait', async () => {
    // A ping that finds the client stalled already must not come before there is anything it could lag behind.
    await using patient = await startStreamGateway({ stalledMs: 1_000, pingMs: 5_000 })
    const { key, actor } = await patient.newKey()
    const [stalled, good] = await Promise.all([patient.connect(key), patient.connect(key)])
    const lost = subscribe(stalled, document)
    const got = subscribe(good, document)
    await until(() => isCaughtUp(lost) && isCaughtUp(got))
    const closing = vi.spyOn(WebSocket.prototype, 'close')
    stalled.socket.pause()
    const heldBefore = heldMegabytes()
    let last = 0
    for (let round = 0; round < 20; round += 1) {
      last = await patient.write(actor, ...big())
      await until(() => sequencesOf(got).at(-1) === last)
      for (const item of got.items) delete item.payload
    }
    // 24 MB were written; the stalled client must not hold them.
    expect(heldMegabytes() - heldBefore).toBeLessThan(24)
    await until(() => closing.mock.calls.some(([code]) => code === 4490))
    stalled.socket.resume()
    const { code, reason } = await stalled.closed
    expect([code, reason]).toEqual([4490, `lagging ${lost.items.at(-1).cursor}`])
    const again = await patient.connect(key)
    const rest = subscribe(again, document, { after: reason.split(' ')[1] ?? '' })
    await until(() => sequencesOf(rest).at(-1) === last)
    expect([...sequencesOf(lost), ...sequencesOf(rest)]).toEqual(range(1, last))
    again.socket.close()
    good.socket.close()
  })
})
