import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { urlProblem } from '../../src/webhooks/endpoint-url.ts'
import type { Resolve } from '../../src/webhooks/name-lookup.ts'
import { post } from '../../src/webhooks/post.ts'
import { isPublicAddress } from '../../src/webhooks/public-address.ts'
import { ReceiverConnections } from '../../src/webhooks/receiver-connections.ts'

// The canary: whoever gets through to this machine is seen here, by IPv4 and IPv6.
let canary: Server
let port: number
let seen = 0

beforeAll(async () => {
  canary = createServer(socket => {
    seen += 1
    socket.on('error', () => {})
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  })
  canary.listen(0, '::')
  await once(canary, 'listening')
  port = (canary.address() as AddressInfo).port
})
beforeEach(() => {
  seen = 0
})
afterAll(() => {
  canary.close()
})

function attempt(connections: ReceiverConnections, text: string) {
  const url = new URL(text)
  return post(connections.pool(text, url.origin), { url, headers: {}, body: Buffer.from('{}'), timeoutMs: 10_000 })
}

// Hosts of this machine, of private networks and of cloud metadata, in every spelling.
const hostileHosts = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0x7f.0x0.0x0.0x1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.0x1',
  '127.0.0.1.',
  '１２７.0.0.1',
  '127。0。0。1',
  '①②⑦.0.0.1',
  '%31%32%37.0.0.1',
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::FFFF:7F00:0001]',
  '[0:0:0:0:0:ffff:7f00:1]',
  '[::ffff:0:127.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:7f00:1::]',
  '[2001:db8::1]',
  '[2606:4700::5efe:127.0.0.1]',
  '[2606:4700::5efe:a9fe:a9fe]',
  '[2606:4700::200:5efe:10.0.0.1]',
  '[3fff::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[100::1]',
  '[4000::1]',
  '[5f00::1]',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.1.254',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '169.254.1',
  '100.64.0.1',
  '100.100.100.200',
  '192.0.0.192',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
]

const hostileUrls = [
  'http://example.com/',
  'http://example.com:443/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'javascript:alert(1)',
  'data:text/plain,x',
  'ws://example.com/',
  '//example.com/',
  'example.com',
  'https:example.com',
  'https:/example.com',
  'https:///example.com',
  'https:\\\\example.com',
  'https://example.com\\@127.0.0.1/',
  'https://user@example.com/',
  'https://user:password@example.com/',
  'https://:@example.com/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1@example.com/',
  'https://example.com:80/',
  'https://example.com:22/',
  'https://example.com:5432/',
  'https://example.com:65536/',
  'https://example.com#@127.0.0.1/',
  'https://example.com/#fragment',
  'https://exa mple.com/',
  'https://example.com/\r\nx-evil: 1',
  'https://example.com/\ta',
  ' https://example.com/',
  'https://example.com/\u0000',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://a.localhost/',
  'https://intranet/',
  'https://printer.local/',
  'https://db.internal/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://router.home.arpa/',
  'https://[::1/',
  'https://[fe80::1%25eth0]/',
  'https:///',
  'https://',
  '',
]

test('the tables are large enough', () => {
  expect(new Set([...hostileHosts, ...hostileUrls]).size).toBeGreaterThan(100)
})

describe('URLs that are refused when they are saved', () => {
  test.each(hostileHosts)('https://%s/', host => {
    expect(urlProblem(`https://${host}/`, false)).toBeDefined()
    expect(urlProblem(`https://${host}:8443/`, false)).toBeDefined()
    expect(urlProblem(`http://${host}/`, false)).toBeDefined()
  })

  test.each(hostileUrls)('%j', url => {
    expect(urlProblem(url, false)).toBeDefined()
  })
})

test.each([
  'https://example.com',
  'https://example.com/hooks?a=1&b=2',
  'https://hooks.example.co.uk:8443/x',
  'https://example.com:443/',
  'https://EXAMPLE.com/@x',
  'https://bücher.example/',
  'https://93.184.215.14/',
  'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
])('%s is allowed', url => {
  expect(urlProblem(url, false)).toBeUndefined()
})

test('with the switch http leads to the loopback, and to nowhere else', () => {
  for (const url of ['http://127.0.0.1:3000/hook', 'http://localhost:1/', 'http://[::1]:80/', 'http://127.1/']) {
    expect(urlProblem(url, true)).toBeUndefined()
    expect(urlProblem(url, false)).toBeDefined()
  }
  for (const host of [
    '10.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '[::]',
    'example.com',
    '[fe80::1]',
    'localhost.example.com',
  ]) {
    expect(urlProblem(`http://${host}/`, true)).toBeDefined()
  }
  expect(urlProblem('http://user@localhost/', true)?.code).toBe('URL_WITH_CREDENTIALS')
})

describe('connections that are refused, whatever the URL went through', () => {
  test.each(hostileHosts)('%s', async host => {
    await using connections = new ReceiverConnections({ allowLoopback: false })
    for (const protocol of ['http', 'https']) {
      const url = URL.parse(`${protocol}://${host}:${port}/`)
      if (url === null) continue
      const trip = await attempt(connections, url.href)
      expect(trip.statusCode).toBeUndefined()
      expect(trip.error).toMatch(/leads to an address that is not public/)
    }
    expect(seen).toBe(0)
  })
})

const answering = (...answers: string[][]): Resolve & { asked: number } => {
  const resolve: Resolve & { asked: number } = Object.assign(
    (_hostname: string, _options: object, done: Parameters<Resolve>[2]) => {
      const addresses = answers[Math.min(resolve.asked, answers.length - 1)] ?? []
      resolve.asked += 1
      setImmediate(() =>
        done(
          null,
          addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
      )
    },
    { asked: 0 },
  )
  return resolve
}

describe('names', () => {
  test.each([
    ['the loopback', ['127.0.0.1']],
    ['the loopback by IPv6', ['::1']],
    ['the loopback, mapped', ['::ffff:127.0.0.1']],
    ['every address', ['0.0.0.0']],
    ['cloud metadata', ['169.254.169.254']],
    ['a private network', ['10.0.0.7']],
    ['a public address and the loopback', ['93.184.215.14', '127.0.0.1']],
    ['the loopback and a public address', ['::1', '93.184.215.14']],
    ['nothing', []],
  ])('that lead to %s are not connected to', async (_what, addresses) => {
    await using connections = new ReceiverConnections({ allowLoopback: false, resolve: answering(addresses) })
    for (const protocol of ['http', 'https']) {
      const trip = await attempt(connections, `${protocol}://hooks.example.com:${port}/`)
      expect(trip.error).toMatch(/hooks\.example\.com leads to an address that is not public/)
    }
    expect(seen).toBe(0)
  })

  test('that change between the check and the connection are asked for once only', async () => {
    // TEST-NET-like but public by range: nobody answers there, so the attempt just fails.
    const resolve = answering(['93.184.215.14'], ['127.0.0.1'])
    await using connections = new ReceiverConnections({ allowLoopback: false, resolve, connectTimeoutMs: 200 })
    const first = await attempt(connections, `https://rebinding.example.com:${port}/`)
    expect(first.error).toBeDefined()
    expect(first.error).not.toMatch(/not public/)
    expect(resolve.asked).toBe(1)
    const second = await attempt(connections, `https://rebinding.example.com:${port}/`)
    expect(second.error).toMatch(/not public/)
    expect(resolve.asked).toBe(2)
    expect(seen).toBe(0)
  })

  test('the canary sees those who are let through', async () => {
    await using connections = new ReceiverConnections({ allowLoopback: true, resolve: answering(['127.0.0.1']) })
    expect(await attempt(connections, `http://hooks.example.com:${port}/`)).toMatchObject({ statusCode: 200 })
    expect(await attempt(connections, `http://127.0.0.1:${port}/`)).toMatchObject({ statusCode: 200 })
    expect(await attempt(connections, `http://[::1]:${port}/`)).toMatchObject({ statusCode: 200 })
    expect(seen).toBe(3)
  })

  test('with the switch on, http still leads nowhere but to the loopback', async () => {
    await using connections = new ReceiverConnections({
      allowLoopback: true,
      resolve: answering(['93.184.215.14'], ['10.0.0.1'], ['169.254.169.254']),
    })
    for (let i = 0; i < 3; i += 1) {
      expect((await attempt(connections, `http://hooks.example.com:${port}/`)).error).toMatch(/not public/)
    }
  })
})

test('public addresses', () => {
  for (const address of [
    '1.1.1.1',
    '93.184.215.14',
    '8.8.8.8',
    '2606:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '2606:4700::1:5efe:7f00:1',
  ]) {
    expect([address, isPublicAddress(address)]).toEqual([address, true])
  }
  for (const address of ['', 'example.com', '1.2.3', '::ffff:10.0.0.1', 'fe80::1%eth0', '2620:4f:8000::1']) {
    expect([address, isPublicAddress(address)]).toEqual([address, false])
  }
})
