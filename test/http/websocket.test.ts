import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { DatabaseOverloaded } from '../../src/database/shared-connections.ts'
import { effects, release, streams, throwables, waitingQueries } from './small-schema.ts'
import { connect, openSocket } from './socket-client.ts'
import { secret, startTestGateway, type TestGateway } from './test-gateway.ts'
import { until } from './until.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({
    config: { host: '127.0.0.1', port: 0, corsOrigins: ['https://shop.example.com'], trustProxy: 0 },
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('operations', () => {
  test('queries, mutations and subscriptions', async () => {
    const client = await connect(gateway)
    expect(await client.run('query Q($n: Int) { who echo(number: $n) }', { n: 4 })).toEqual([
      {
        id: 'op-1',
        type: 'next',
        payload: { data: { who: `key ${secret}`, echo: expect.stringContaining('"number":4') } },
      },
      { id: 'op-1', type: 'complete' },
    ])
    const before = effects.count
    const [acted] = await client.run('query Q { hello } mutation M { act }', undefined, { operationName: 'M' })
    expect(acted.payload).toEqual({ data: { act: before + 1 } })
    const ticks = await client.run('subscription { tick(length: 3) { index } }')
    expect(ticks).toEqual([
      ...[1, 2, 3].map(index => ({ id: 'op-3', type: 'next', payload: { data: { tick: { index } } } })),
      { id: 'op-3', type: 'complete' },
    ])
    client.socket.close()
  })

  test('errors are those of HTTP', async () => {
    const client = await connect(gateway)
    const [failed] = await client.run('{ hello fails }')
    expect(failed.payload).toEqual({
      data: { hello: 'world', fails: null },
      errors: [
        {
          message: 'Internal server error',
          locations: [{ line: 1, column: 9 }],
          path: ['fails'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/^[0-9a-f-]{36}-1$/) },
        },
      ],
    })
    const [wrong] = await client.run('query ($c: Color) { echo(color: $c) }', { c: 'GREEN' })
    expect(wrong).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_USER_INPUT', path: ['c'] } }] })
    const [unparsed] = await client.run('{')
    expect(unparsed).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] })
    const [refused] = await client.run('subscription { refused }')
    expect(refused.payload).toMatchObject({
      errors: [{ message: 'No such thing.', extensions: { code: 'FORBIDDEN' } }],
    })
    const [masked] = await client.run('subscription { refused(what: "secret") }')
    expect(masked.payload).toMatchObject({ errors: [{ message: 'Internal server error' }] })
    const broken = await client.run('subscription { tick(failAt: 2) { index } }')
    expect(broken).toEqual([
      { id: 'op-6', type: 'next', payload: { data: { tick: { index: 1 } } } },
      {
        id: 'op-6',
        type: 'error',
        payload: [
          {
            message: 'Internal server error',
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/-6$/) },
          },
        ],
      },
    ])
    const [event] = await client.run('subscription { tick(length: 1) { index fails } }')
    expect(event.payload).toMatchObject({
      data: { tick: { index: 1, fails: null } },
      errors: [{ path: ['tick', 'fails'] }],
    })
    client.socket.close()
  })

  test('a full queue', async () => {
    const client = await connect(gateway)
    gateway.behaviour.assertRoom = () => {
      throw new DatabaseOverloaded('full')
    }
    const [only] = await client.run('{ hello }')
    gateway.behaviour.assertRoom = () => {}
    expect(only).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'OVERLOADED' } }] })
    client.socket.close()
  })

  test('a subscription ends at its source when the client completes it, and when it goes away', async () => {
    const before = streams.open
    const client = await connect(gateway)
    const query = 'subscription { tick(length: 1000000, everyMs: 60000) { index } }'
    for (const id of ['a', 'b', '__proto__', 'constructor']) client.send({ id, type: 'subscribe', payload: { query } })
    await until(() => streams.open === before + 4)
    client.send({ id: 'a', type: 'complete' })
    client.send({ id: '__proto__', type: 'complete' })
    await until(() => streams.open === before + 2)
    client.socket.terminate()
    await until(() => streams.open === before)
  })
})

describe('who may connect', () => {
  const init = (payload?: unknown) => ({ type: 'connection_init', payload })

  test.each([
    ['no payload', init(), 4401],
    ['no key', init({}), 4401],
    ['a key that is no text', init({ authorization: { a: 1 } }), 4401],
    ['the key alone', init({ authorization: secret }), 4401],
    ['another name', init({ Authorization: `Bearer ${secret}` }), 4401],
    ['an unknown key', init({ authorization: 'Bearer nobody' }), 4403],
    ['a subscription first', { id: '1', type: 'subscribe', payload: { query: '{ hello }' } }, 4401],
    ['a ping first', { type: 'ping' }, 4401],
    ['a pong first', { type: 'pong' }, 4401],
    ['a completion first', { id: '1', type: 'complete' }, 4401],
    ['no JSON', '{"type":"connection_init"', 4400],
    ['something else', 'hello', 4401],
  ])('%s', async (_name, message, code) => {
    const client = await openSocket(gateway)
    client.send(message)
    expect((await client.closed).code).toBe(code)
    expect(client.messages).toEqual([])
  })

  test('a key in the URL or in a header is not looked at', async () => {
    const client = await openSocket(gateway, { headers: { authorization: `Bearer ${secret}` } })
    client.send(init())
    expect((await client.closed).code).toBe(4401)
  })

  test('an operation while the key is still being looked up', async () => {
    const client = await openSocket(gateway)
    client.send(init({ authorization: `Bearer ${secret}` }))
    client.send({ id: '1', type: 'subscribe', payload: { query: '{ hello }' } })
    expect((await client.closed).code).toBe(4401)
  })

  test('who connects twice is closed', async () => {
    const client = await connect(gateway)
    client.send(init({ authorization: `Bearer ${secret}` }))
    expect((await client.closed).code).toBe(4429)
  })

  test('another protocol', async () => {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-ws')
    const [error] = await once(socket, 'error')
    expect(String(error)).toContain('Server sent no subprotocol')
  })

  const upgrade = async (path: string, headers: Record<string, string>, to = gateway) => {
    const socket = new WebSocket(`${to.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers })
    const [event] = await Promise.race([once(socket, 'open').then(() => ['open']), once(socket, 'error')])
    socket.terminate()
    return event === 'open' ? 'open' : /\d{3}/.exec(String(event))?.[0]
  }

  test('only pages of the own host and of the origins that are let in', async () => {
    const own = new URL(gateway.url)
    expect(await upgrade('/graphql', {})).toBe('open')
    expect(await upgrade('/graphql', { origin: own.origin })).toBe('open')
    expect(await upgrade('/graphql', { origin: 'https://shop.example.com' })).toBe('open')
    for (const origin of [
      'https://evil.example.com',
      'http://shop.example.com',
      'null',
      `http://127.0.0.1:1`,
      'https://shop.example.com.evil.com',
    ]) {
      expect(await upgrade('/graphql', { origin })).toBe('403')
    }
    expect(await upgrade('/other', {})).toBe('404')
    // What a proxy says counts only where there is one.
    const forwarded = { origin: 'https://orders.example.com', 'x-forwarded-host': 'orders.example.com' }
    expect(await upgrade('/graphql', forwarded)).toBe('403')
  })

  test('behind a proxy the host is the one that was asked for', async () => {
    await using behind = await startTestGateway({
      config: { host: '127.0.0.1', port: 0, corsOrigins: [], trustProxy: 1 },
    })
    const forwarded = { origin: 'https://orders.example.com', 'x-forwarded-host': 'orders.example.com' }
    expect(await upgrade('/graphql', forwarded, behind)).toBe('open')
    expect(await upgrade('/graphql', { ...forwarded, origin: 'https://evil.example.com' }, behind)).toBe('403')
  })
})

describe('limits', () => {
  test('a message of 64 KiB passes, one byte more closes', async () => {
    const client = await connect(gateway)
    const frame = (size: number) => {
      const message = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ hello }' } })
      return message.padEnd(size, ' ')
    }
    client.send(frame(64 * 1024))
    expect(await client.next()).toMatchObject({ type: 'next' })
    client.send(frame(64 * 1024 + 1))
    expect((await client.closed).code).toBe(1009)
  })

  test('ids of 64 characters pass, longer ones close', async () => {
    const client = await connect(gateway)
    client.send({ id: 'x'.repeat(64), type: 'subscribe', payload: { query: '{ hello }' } })
    expect(await client.next()).toMatchObject({ type: 'next', id: 'x'.repeat(64) })
    const before = effects.count
    client.send({ id: 'x'.repeat(65), type: 'subscribe', payload: { query: 'mutation { act }' } })
    expect((await client.closed).code).toBe(4400)
    expect(effects.count).toBe(before)
  })

  test('50 subscriptions of one socket, and no further one until one of them has ended', async () => {
    const client = await connect(gateway)
    const before = streams.open
    const query = 'subscription { tick(length: 1000000, everyMs: 60000) { index } }'
    for (let id = 0; id < 50; id += 1) client.send({ id: `s${id}`, type: 'subscribe', payload: { query } })
    await until(() => streams.open === before + 50)
    const [refused] = await client.run(query)
    expect(refused).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'SUBSCRIPTION_LIMIT' } }] })
    const [fine] = await client.run('{ hello }')
    expect(fine.payload).toEqual({ data: { hello: 'world' } })
    client.send({ id: 's7', type: 'complete' })
    await until(() => streams.open === before + 49)
    const [again] = await client.run('subscription { tick(length: 1) { index } }')
    expect(again.payload).toEqual({ data: { tick: { index: 1 } } })
    client.socket.terminate()
    await until(() => streams.open === before)
  })

  test.each([
    ['SUBSCRIPTION_LIMIT', 'subscription { tick(length: 1000000, everyMs: 60000) { index } }', () => streams.open],
    ['OPERATION_LIMIT', '{ wait }', waitingQueries],
  ])('%s: of a burst in one packet 50 pass', async (code, query, underWay) => {
    const client = await connect(gateway)
    const before = underWay()
    client.sendAtOnce(Array.from({ length: 60 }, (_, id) => ({ id: `b${id}`, type: 'subscribe', payload: { query } })))
    await until(() => client.messages.length === 10)
    expect(client.messages.map(({ id, payload }) => [id, payload[0].extensions.code])).toEqual(
      Array.from({ length: 10 }, (_, index) => [`b${50 + index}`, code]),
    )
    expect(underWay()).toBe(before + 50)
    client.socket.terminate()
    release()
    await until(() => underWay() === before)
  })

  test('more than 100 messages in a second close', async () => {
    const client = await connect(gateway)
    for (let i = 0; i < 300; i += 1) client.send({ type: 'ping' })
    expect((await client.closed).code).toBe(4429)
    expect(client.messages.length).toBeLessThan(210)
  })

  test('200 sockets of one key', async () => {
    gateway.secrets.add('many')
    const clients = await Promise.all(Array.from({ length: 200 }, () => connect(gateway, 'many')))
    const refused = await openSocket(gateway)
    refused.send({ type: 'connection_init', payload: { authorization: 'Bearer many' } })
    expect((await refused.closed).code).toBe(4429)
    const other = await connect(gateway)
    expect((await other.run('{ hello }'))[0].payload).toEqual({ data: { hello: 'world' } })
    other.socket.close()
    clients[0]?.socket.close()
    await clients[0]?.closed
    const again = await connect(gateway, 'many')
    for (const client of [...clients, again]) client.socket.terminate()
  })
})

describe('time', () => {
  test('who says nothing is closed', async () => {
    await using quick = await startTestGateway({}, { connectionInitMs: 50 })
    const silent = await openSocket(quick)
    expect((await silent.closed).code).toBe(4408)
  })

  test('who does not answer a ping is cut off, who does stays', async () => {
    await using quick = await startTestGateway({}, { pingMs: 1_000 })
    const client = await connect(quick)
    let pings = 0
    client.socket.on('ping', () => {
      pings += 1
    })
    const deaf = await connect(quick, secret, { autoPong: false })
    expect((await deaf.closed).code).toBe(1006)
    await until(() => pings >= 2)
    expect(client.socket.readyState).toBe(WebSocket.OPEN)
    client.socket.close()
  })

  test('a socket is closed soon after its key is revoked, others stay', async () => {
    await using quick = await startTestGateway({}, { recheckMs: 40 })
    quick.secrets.add('other')
    const [revoked, kept] = [await connect(quick), await connect(quick, 'other')]
    const before = streams.open
    revoked.send({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { tick(length: 9, everyMs: 60000) { index } }' },
    })
    await until(() => streams.open === before + 1)
    quick.secrets.delete(secret)
    expect(await revoked.closed).toEqual({ code: 4403, reason: 'Forbidden' })
    await until(() => streams.open === before)
    await new Promise(resolve => setTimeout(resolve, 100))
    expect((await kept.run('{ hello }'))[0].payload).toEqual({ data: { hello: 'world' } })
    // While the database is away nobody is thrown out.
    quick.behaviour.authenticate = () => {
      throw new Error('the database is away')
    }
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(kept.socket.readyState).toBe(WebSocket.OPEN)
    kept.socket.close()
  })

  test('a key that cannot be looked up now closes the socket so that its client comes back', async () => {
    gateway.behaviour.authenticate = () => {
      throw throwables.away?.()
    }
    const client = await openSocket(gateway)
    client.send({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })
    const closed = await client.closed
    gateway.behaviour.authenticate = () => {}
    expect(closed).toEqual({ code: 1013, reason: 'The keys cannot be looked up' })
  })
})
