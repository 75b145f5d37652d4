import { afterEach, expect, test } from 'vitest'
import { type BareExplorer, startBareExplorer } from './bare-explorer.ts'

const key = 'ogw_demo_</script><b>'

let explorer: BareExplorer
afterEach(() => explorer[Symbol.asyncDispose]())

function keyIn(body: Buffer): unknown {
  const [, settings = ''] = /id="settings">(.*?)<\/script>/.exec(body.toString()) ?? []
  return (JSON.parse(settings) as { demoKey?: string }).demoKey
}

async function ask(headers: Record<string, string>, bind = '127.0.0.1') {
  explorer = await startBareExplorer({ bind, demoKey: async () => key })
  return explorer.get('/graphql', { accept: 'text/html', ...headers })
}

test.each(['localhost:4000', 'LOCALHOST', '127.0.0.1:65535', '[::1]:4000', '[::1]'])(
  'is in the page for the host %s, which is then kept in no cache',
  async host => {
    const { status, headers, body } = await ask({ host })
    expect([status, keyIn(body), headers['cache-control']]).toEqual([200, key, 'no-store'])
  },
)

test.each([
  'rebound.example',
  'localhost.rebound.example',
  'localhost:4000.rebound.example',
  '127.0.0.1.rebound.example:4000',
  'rebound.example@localhost',
  'localhost:',
  'localhost:4000/',
  '[::1',
  '10.0.0.5:4000',
  '0.0.0.0:4000',
])('is not in the page for the host %j', async host => {
  const { status, headers, body } = await ask({ host })
  expect([status, keyIn(body), headers['cache-control']]).toEqual([200, undefined, 'no-cache'])
  expect(body.toString()).not.toContain('ogw_demo_')
})

test.each([
  ['a script of another page', { origin: 'https://shop.example.com' }],
  ['a script of this page', { origin: 'http://localhost:4000' }],
  ['a proxy', { 'x-forwarded-for': '203.0.113.9' }],
  ['a tunnel', { 'x-forwarded-host': 'gateway.example.com' }],
  ['a proxy that says so as the standard has it', { forwarded: 'for=203.0.113.9' }],
  ['a cache', { via: '1.1 cache' }],
])('is not in the page for %s', async (_who, headers) => {
  const { status, body } = await ask({ host: 'localhost:4000', ...headers })
  expect([status, keyIn(body)]).toEqual([200, undefined])
})

test.each(['localhost', '127.0.0.1', '127.8.8.8', '::1'])('is in the page of a server bound to %s', async bind => {
  expect(keyIn((await ask({ host: 'localhost' }, bind)).body)).toBe(key)
})

test.each(['0.0.0.0', '::', '192.168.1.2', '::ffff:10.0.0.1', 'gateway.example.com', ''])(
  'is not in the page of a server bound to %j',
  async bind => {
    expect(keyIn((await ask({ host: 'localhost' }, bind)).body)).toBeUndefined()
  },
)

test('without a demo there is none', async () => {
  explorer = await startBareExplorer()
  const { body } = await explorer.get('/graphql', { host: 'localhost:4000' })
  expect(keyIn(body)).toBeUndefined()
})

test('a failure to find it is an error, not a page without it', async () => {
  const errors: unknown[] = []
  const gone = new Error('the file is gone')
  explorer = await startBareExplorer({ demoKey: () => Promise.reject(gone), onError: error => errors.push(error) })
  const { status, body } = await explorer.get('/graphql', { host: 'localhost' })
  expect([status, body.length, errors]).toEqual([500, 0, [gone]])
})
