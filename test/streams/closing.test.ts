import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { range } from '../events/event-log.ts'
import { until } from '../http/until.ts'
import { openEventSource } from './event-source.ts'
import { cursorOf, sequencesOf, startStreamGateway, subscribe } from './stream-gateway.ts'

const document = `subscription ($after: String, $types: [EventType!]) {
  events(after: $after, types: $types) { __typename cursor ... on Event { sequence payload } }
}`
const streamPath = `/graphql?query=${encodeURIComponent(document)}`

test('a gateway that stops hands its clients a cursor', async () => {
  await using gateway = await startStreamGateway()
  const { key, actor } = await gateway.newKey()
  const client = await gateway.connect(key)
  const all = subscribe(client, document)
  const filtered = subscribe(client, document, { types: ['CONTACT_CREATED'] })
  const source = await openEventSource(gateway.url + streamPath, { authorization: `Bearer ${key}` })
  await until(() => all.items.length === 1 && filtered.items.length === 1 && source.messages.length === 1)
  await gateway.write(actor, {}, {}, {})
  await until(() => sequencesOf(all).length === 3 && source.messages.length === 4)
  await gateway.stop()
  const { code, reason } = await client.closed
  expect(code).toBe(1001)
  const [words, cursor] = [reason.slice(0, 10), reason.slice(11)]
  expect(words).toBe('Going away')
  expect(cursor).toBe(cursorOf(actor, 3))
  await source.ended
  expect(source.lastEventId).toBe(cursorOf(actor, 3))
  // Not complete: a client that knows the difference comes back.
  expect(source.messages.map(({ event }) => event)).toEqual(['next', 'next', 'next', 'next'])
})

test('event streams and sockets of one group get the same; each key has 200 of them at most', async () => {
  await using gateway = await startStreamGateway()
  const { key, actor } = await gateway.newKey()
  const client = await gateway.connect(key)
  const overSocket = subscribe(client, document)
  const sources = await Promise.all(
    range(1, 3).map(() => openEventSource(gateway.url + streamPath, { authorization: `Bearer ${key}` })),
  )
  await until(() => overSocket.items.length === 1 && sources.every(({ messages }) => messages.length === 1))
  // The followers of four subscribers are one.
  await until(() => gateway.process.feed.followers === 1)
  await gateway.write(actor, { data: { text: 'déjà vu' } }, {})
  await until(() => sources.every(({ messages }) => messages.length === 3))
  for (const { messages } of sources) {
    expect(messages.map(({ data }) => data)).toEqual(overSocket.results)
    expect(messages.map(({ id }) => id)).toEqual([0, 1, 2].map(sequence => cursorOf(actor, sequence)))
  }
  const more = await Promise.all(
    range(1, 196).map(() => openEventSource(gateway.url + streamPath, { authorization: `Bearer ${key}` })),
  )
  const refused = await openEventSource(gateway.url + streamPath, { authorization: `Bearer ${key}` })
  expect(refused.response.statusCode).toBe(429)
  for (const source of [...sources, ...more]) source.close()
  client.socket.close()
  await until(() => gateway.process.feed.followers === 0)
})

test('an event stream that is not read is told so, with its cursor, and closed', async () => {
  await using gateway = await startStreamGateway({ stalledMs: 2_000, pingMs: 100 })
  const { key, actor } = await gateway.newKey()
  const outgoing = request(gateway.url + streamPath, {
    agent: false,
    headers: { accept: 'text/event-stream', authorization: `Bearer ${key}` },
  })
  outgoing.on('error', () => {})
  outgoing.end()
  const [response] = await once(outgoing, 'response')
  response.on('error', () => {})
  const good = await openEventSource(gateway.url + streamPath, { authorization: `Bearer ${key}` })
  await until(() => good.messages.length === 1)
  let last = 0
  const read = () => good.messages.some(({ id }) => id === cursorOf(actor, last))
  for (let round = 0; round < 60; round += 1) {
    last = await gateway.write(actor, ...range(1, 20).map(() => ({ data: { text: 'x'.repeat(20_000) } })))
    await until(read)
  }
  // The gateway has given it up when it reads on: it gets what was sent, then why it ends.
  await new Promise(resolve => setTimeout(resolve, 2_500))
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await new Promise(resolve => response.once('close', resolve))
  const ids = text.match(/^id: .*$/gm) ?? []
  expect(ids.length).toBeGreaterThan(10)
  expect(ids).toEqual(range(0, ids.length - 1).map(sequence => `id: ${cursorOf(actor, sequence)}`))
  const [, said = ''] = /event: next\ndata: (\{"errors.*)\n\nevent: complete\n/.exec(text) ?? []
  expect(JSON.parse(said)).toMatchObject({
    errors: [{ extensions: { code: 'LAGGING', cursor: cursorOf(actor, ids.length - 1) } }],
  })
  good.close()
})
