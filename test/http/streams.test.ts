import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { heldMegabytes } from './held-megabytes.ts'
import { codes, post, send } from './post.ts'
import { streams } from './small-schema.ts'
import { connect, type SocketClient } from './socket-client.ts'
import { secret, startTestGateway, type TestGateway } from './test-gateway.ts'
import { until } from './until.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({}, { stalledMs: 1_500, pingMs: 3_000, recheckMs: 50 })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const eventStream = { accept: 'text/event-stream' }

interface Stream {
  outgoing: ClientRequest
  response: IncomingMessage
}

/** Opens an event stream and reads nothing of it. */
async function openStream(server: TestGateway, query: string, key = secret): Promise<Stream> {
  const outgoing = request(`${server.url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...eventStream },
  })
  outgoing.on('error', () => {})
  outgoing.end(JSON.stringify({ query }))
  const [response] = await once(outgoing, 'response')
  response.on('error', () => {})
  return { outgoing, response }
}

/** The events of a stream that has ended; comments, which keep it alive, are left out. */
function events(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter(block => block.startsWith('event:'))
    .map(block => {
      const [event, data] = block.split('\n').map(line => line.slice(line.indexOf(':') + 1).trim())
      return data ? [event, JSON.parse(data)] : [event]
    })
}

describe('event streams', () => {
  const ticks = 'subscription { tick(length: 2) { index } }'
  const all = [['next', { data: { tick: { index: 1 } } }], ['next', { data: { tick: { index: 2 } } }], ['complete']]

  test('by post and by get', async () => {
    const posted = await post(gateway, ticks, undefined, eventStream)
    expect(posted.status).toBe(200)
    expect(posted.headers['content-type']).toBe('text/event-stream')
    expect(events(posted.text)).toEqual(all)
    const got = await send(gateway, {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(ticks)}`,
      headers: eventStream,
    })
    expect(events(got.text)).toEqual(all)
  })

  test('of a query and of a mutation: one result', async () => {
    const answer = await post(gateway, '{ hello }', undefined, eventStream)
    expect(events(answer.text)).toEqual([['next', { data: { hello: 'world' } }], ['complete']])
  })

  test('need a key, and are refused like anything else', async () => {
    const stranger = await post(gateway, ticks, undefined, { ...eventStream, authorization: undefined })
    expect([stranger.status, codes(stranger)]).toEqual([401, ['UNAUTHENTICATED']])
    const wrong = await post(gateway, 'subscription { tick(length: "x") { index } }', undefined, eventStream)
    expect(events(wrong.text)).toMatchObject([
      ['next', { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }],
      ['complete'],
    ])
    const limited = await post(
      gateway,
      `subscription { ${Array.from({ length: 31 }, (_, i) => `a${i}: tick { index }`)} }`,
      undefined,
      eventStream,
    )
    expect(limited.status).toBe(400)
    expect(events(limited.text)).toMatchObject([
      ['next', { errors: [{ extensions: { code: 'ALIAS_LIMIT' } }] }],
      ['complete'],
    ])
  })

  test('say why they end', async () => {
    const answer = await post(gateway, 'subscription { tick(failAt: 2) { index } }', undefined, eventStream)
    expect(events(answer.text)).toMatchObject([
      ['next', { data: { tick: { index: 1 } } }],
      ['next', { errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }],
      ['complete'],
    ])
    expect(answer.text).not.toContain('hunter2')
    const refused = await post(gateway, 'subscription { refused }', undefined, eventStream)
    expect(events(refused.text)).toMatchObject([
      ['next', { errors: [{ extensions: { code: 'FORBIDDEN' } }] }],
      ['complete'],
    ])
  })

  test('end at their source when the client goes away, also while there is nothing to say', async () => {
    const before = streams.open
    const quiet = await openStream(gateway, 'subscription { tick(length: 9, everyMs: 60000) { index } }')
    await until(() => streams.open === before + 1)
    quiet.outgoing.destroy()
    await until(() => streams.open === before)
  })

  test('end soon after their key is revoked', async () => {
    const before = streams.open
    gateway.secrets.add('short-lived')
    const { response } = await openStream(
      gateway,
      'subscription { tick(length: 9, everyMs: 60000) { index } }',
      'short-lived',
    )
    await until(() => streams.open === before + 1)
    gateway.secrets.delete('short-lived')
    response.resume()
    await once(response, 'end')
    await until(() => streams.open === before)
  })

  test('200 of one key', async () => {
    const before = streams.open
    gateway.secrets.add('many')
    const query = 'subscription { tick(length: 9, everyMs: 60000) { index } }'
    const open = await Promise.all(Array.from({ length: 200 }, () => openStream(gateway, query, 'many')))
    const refused = await post(gateway, query, undefined, { ...eventStream, authorization: 'Bearer many' })
    expect(refused.status).toBe(429)
    for (const { outgoing } of open) outgoing.destroy()
    await until(() => streams.open === before)
    const again = await post(gateway, ticks, undefined, { ...eventStream, authorization: 'Bearer many' })
    expect(again.status).toBe(200)
  })
})

describe('clients that stop reading', () => {
  const size = 50_000
  const flood = `subscription { tick(length: 100000, size: ${size}) { index text } }`

  /** Floods a socket whose client has stopped reading; it goes with the test. */
  async function stalledSocket(): Promise<SocketClient> {
    const client = await connect(gateway)
    onTestFinished(() => client.socket.terminate())
    client.send({ id: '1', type: 'subscribe', payload: { query: flood } })
    await client.next()
    client.socket.pause()
    return client
  }

  test('are given no more than they read, and are closed; others are served all the while', async () => {
    const openBefore = streams.open
    const givenBefore = streams.given
    const heldBefore = heldMegabytes()
    await Promise.all(Array.from({ length: 5 }, stalledSocket))
    const stalledStreams = await Promise.all(Array.from({ length: 5 }, () => openStream(gateway, flood)))
    onTestFinished(() => {
      for (const { outgoing } of stalledStreams) outgoing.destroy()
    })
    // A while in which a source that is not held back would give thousands.
    const reader = await connect(gateway)
    onTestFinished(() => reader.socket.close())
    reader.send({
      id: '1',
      type: 'subscribe',
      payload: { query: `subscription { tick(length: 2000, size: ${size}) { index text } }` },
    })
    let read = 0
    while ((await reader.next()).type === 'next') read += 1
    expect(read).toBe(2000)
    const given = streams.given - givenBefore - 2000
    // What ten connections have in the buffers of the kernel, some megabytes each.
    expect((given * size) / 1024 / 1024 / 10).toBeLessThan(12)
    // The clients' own share too. Not held back, the ten would have a gigabyte.
    expect(heldMegabytes() - heldBefore).toBeLessThan(60)
    expect((await reader.run('{ hello }'))[0].payload).toEqual({ data: { hello: 'world' } })
    // Then the gateway gives them up.
    await until(() => streams.open === openBefore)
    expect((await reader.run('{ hello }'))[0].payload).toEqual({ data: { hello: 'world' } })
  })

  test('are told that they lag when they read again', async () => {
    const before = streams.open
    const client = await stalledSocket()
    await until(() => streams.open === before)
    client.socket.resume()
    expect(await client.closed).toEqual({ code: 4490, reason: 'lagging' })
  })

  test('are read again when they have read, even if nothing but frames was sent', async () => {
    // So large a message takes the others' time for a pong.
    await using patient = await startTestGateway()
    const before = streams.given
    const client = await connect(patient)
    onTestFinished(() => client.socket.terminate())
    client.socket.pause()
    client.send({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { tick(length: 20, size: 20000000, everyMs: 1000) { text } }' },
    })
    await until(() => streams.given === before + 1)
    // Nobody answers this one, and so much is not read that nothing more is taken in.
    client.send({ type: 'pong' })
    await new Promise(resolve => setTimeout(resolve, 300))
    client.socket.resume()
    expect((await client.next()).payload.data.tick.text).toHaveLength(20_000_000)
    expect((await client.run('{ hello }'))[0].payload).toEqual({ data: { hello: 'world' } })
  })

  test('who asks on without reading is not read either', async () => {
    const client = await connect(gateway)
    onTestFinished(() => client.socket.terminate())
    client.socket.pause()
    const payload = { text: 'x'.repeat(60_000) }
    const heldBefore = heldMegabytes()
    for (let second = 0; second < 3; second += 1) {
      for (let i = 0; i < 95; i += 1) client.send({ type: 'ping', payload })
      await new Promise(resolve => setTimeout(resolve, 1_010))
    }
    expect(heldMegabytes() - heldBefore).toBeLessThan(60)
  })
})
