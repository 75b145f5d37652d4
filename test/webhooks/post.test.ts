import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { CutOff, post } from '../../src/webhooks/post.ts'
import { ReceiverConnections } from '../../src/webhooks/receiver-connections.ts'
import { openReceiver, type Reply } from './receiver.ts'

const connections = new ReceiverConnections({ allowLoopback: true })

function send(url: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const target = new URL(url)
  return post(connections.pool(url, target.origin), {
    url: target,
    headers: { 'content-type': 'application/json', 'webhook-id': 'a' },
    body: Buffer.from('{"a":1}'),
    timeoutMs: 15_000,
    ...options,
  })
}

describe('only 200 to 207 and 226 are a success', () => {
  test.each([200, 201, 202, 203, 204, 205, 206, 207, 226])('%d is', async status => {
    await using receiver = await openReceiver(status)
    expect(await send(receiver.url)).toMatchObject({ statusCode: status, error: undefined })
  })

  test.each([208, 299, 300, 304, 400, 401, 404, 409, 410, 429, 500, 502, 503, 599])('%d is not', async status => {
    await using receiver = await openReceiver(status)
    const trip = await send(receiver.url)
    expect(trip).toMatchObject({ statusCode: status, error: expect.stringContaining(String(status)) })
  })
})

test('what was sent and answered is kept', async () => {
  await using receiver = await openReceiver(response => {
    response.writeHead(200, 'Fine', { 'x-one': 'eins', 'set-cookie': ['a=1', 'b=2'], 'content-length': 5 }).end('hello')
  })
  const trip = await send(`${receiver.url}?token=x`)
  expect(trip.requestHead).toBe(
    `POST /hook?token=x HTTP/1.1\nhost: ${new URL(receiver.url).host}\ncontent-type: application/json\nwebhook-id: a\ncontent-length: 7`,
  )
  expect(trip.responseHead).toContain('HTTP/1.1 200')
  expect(trip.responseHead).toContain('\nx-one: eins\nset-cookie: a=1\nset-cookie: b=2\n')
  expect(trip.responseBody).toBe('hello')
  expect(trip.durationMs).toBeGreaterThan(0)
  expect(receiver.received).toMatchObject([
    { path: '/hook?token=x', body: '{"a":1}', headers: { 'content-length': '7' } },
  ])
})

test.each([301, 302, 303, 307, 308])('a %d is not followed', async status => {
  await using elsewhere = await openReceiver()
  await using receiver = await openReceiver(response => {
    response.writeHead(status, { location: elsewhere.url }).end()
  })
  expect(await send(receiver.url)).toMatchObject({
    statusCode: status,
    error: `answered ${status}: redirects are not followed`,
  })
  expect(receiver.received).toHaveLength(1)
  expect(elsewhere.connections).toBe(0)
})

test('of a huge answer 4 KiB are kept and 64 KiB read; its status counts', async () => {
  let sent = 0
  let isClosed = false
  await using receiver = await openReceiver((response, _received, request) => {
    response.writeHead(200)
    request.socket.on('close', () => {
      isClosed = true
    })
    const more = () => {
      while (!isClosed && sent < 100_000_000) {
        sent += 65_536
        if (!response.write('x'.repeat(65_536))) {
          response.once('drain', more)
          return
        }
      }
    }
    more()
  })
  const trip = await send(receiver.url)
  expect(trip).toMatchObject({ statusCode: 200, error: undefined })
  expect(trip.responseBody).toBe('x'.repeat(4_096))
  expect(sent).toBeLessThan(30_000_000)
})

describe('an answer that does not come in time is a failure', () => {
  test.each<[string, Reply, number | undefined]>([
    ['no answer at all', () => {}, undefined],
    ['a head and then nothing', response => void response.writeHead(200).flushHeaders(), 200],
    [
      'a body that drips',
      response => {
        response.writeHead(200)
        const drip = setInterval(() => response.write('.'), 20)
        response.on('close', () => clearInterval(drip))
      },
      200,
    ],
  ])('%s', async (_name, reply, statusCode) => {
    await using receiver = await openReceiver(reply)
    const trip = await send(receiver.url, { timeoutMs: 1_000 })
    expect(trip).toMatchObject({ statusCode, error: 'no whole answer within 1 s' })
  })
})

test.each<[string, (socket: Socket) => void, RegExp]>([
  ['resets', socket => socket.resetAndDestroy(), /ECONNRESET|other side closed|socket/i],
  ['hangs up', socket => socket.destroy(), /other side closed|ECONNRESET|socket/i],
  ['speaks something else', socket => void socket.end('220 mail.example.com ESMTP\r\n'), /Expected HTTP|parse|HPE/i],
  ['ends too early', socket => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'), /./],
  [
    'sends endless headers',
    socket => void socket.write(`HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}`),
    /overflow/i,
  ],
])('a receiver that %s is a failure', async (_name, answer, error) => {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const trip = await send(`http://127.0.0.1:${port}/`)
  expect(trip.error).toMatch(error)
  server.close()
})

test('nobody listens: a failure without an answer', async () => {
  const receiver = await openReceiver()
  await receiver[Symbol.asyncDispose]()
  expect(await send(receiver.url)).toMatchObject({
    statusCode: undefined,
    responseHead: undefined,
    responseBody: undefined,
    error: expect.stringContaining('ECONNREFUSED'),
  })
})

test('text that PostgreSQL cannot hold is replaced', async () => {
  await using receiver = await openReceiver(response => {
    response.writeHead(500).end(Buffer.from([0x61, 0, 0xff, 0xed, 0xa0, 0x80, 0x62]))
  })
  const { responseBody = '' } = await send(receiver.url)
  expect(responseBody).toMatch(/^a\ufffd+b$/)
})

test('Retry-After is read as seconds and as a date', async () => {
  await using receiver = await openReceiver(response => {
    response.writeHead(503, { 'retry-after': '120' }).end()
  })
  expect((await send(receiver.url)).retryAfterMs).toBe(120_000)
  const date = new Date(Date.now() + 60_000).toUTCString()
  receiver.answers = response => void response.writeHead(429, { 'retry-after': date }).end()
  const { retryAfterMs = 0 } = await send(receiver.url)
  expect(retryAfterMs).toBeGreaterThan(57_000)
  expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  receiver.answers = response => void response.writeHead(429, { 'retry-after': 'soon' }).end()
  expect((await send(receiver.url)).retryAfterMs).toBeUndefined()
})

test('connections are kept', async () => {
  await using receiver = await openReceiver()
  for (let i = 0; i < 20; i += 1) await send(receiver.url)
  expect(receiver.received).toHaveLength(20)
  // The first one is not free again in the very moment its answer ends.
  expect(receiver.connections).toBeLessThanOrEqual(2)
})

test('who stops says that nothing is known', async () => {
  await using receiver = await openReceiver(() => {})
  const stop = new AbortController()
  const sending = send(receiver.url, { signal: stop.signal })
  await receiver.arrived(1)
  stop.abort()
  await expect(sending).rejects.toThrow(CutOff)
})
