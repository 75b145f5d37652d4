import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareExplorer, startBareExplorer } from './bare-explorer.ts'

let explorer: BareExplorer
let html: string
let paths: string[]
beforeAll(async () => {
  explorer = await startBareExplorer()
  html = (await explorer.get('/graphql')).body.toString()
  paths = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
})
afterAll(() => explorer[Symbol.asyncDispose]())

const bundle = () => paths.find(path => path.endsWith('/graphiql-bundle.js')) ?? ''

const policy =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; " +
  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const secured = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'Accept, Accept-Encoding',
}

test('the page is small, checked again at each visit, and tells a browser what it may do', async () => {
  const { status, headers, body } = await explorer.get('/graphql')
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    ...secured,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-length': String(body.length),
  })
  expect(headers['content-encoding']).toBeUndefined()
  expect(body.length).toBeLessThan(20_000)
})

test('what it loads lies below one path and stays good for ever', async () => {
  const base = /^\/graphql\/explorer\/[\w-]{16}\//.exec(bundle())?.[0] ?? ''
  expect(paths.filter(path => !path.startsWith(base))).toEqual([])
  expect(paths.map(path => path.slice(base.length))).toEqual([
    'favicon.svg',
    'graphiql-bundle.css',
    'explorer.css',
    'panel.css',
    'event-row.css',
    'graphiql-bundle.js',
    'explorer.js',
  ])
  const workers = ['editor-worker.js', 'json-worker.js', 'graphql-worker.js']
  for (const path of [...paths, ...workers.map(name => base + name)]) {
    const { status, headers, body } = await explorer.get(path)
    expect(status, path).toBe(200)
    expect(headers).toMatchObject({ ...secured, 'cache-control': 'public, max-age=31536000, immutable' })
    expect(headers['content-type'], path).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/)
    expect(body.length, path).toBeGreaterThan(0)
  }
})

test.each([
  ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
  ['gzip', 'gzip, deflate', gunzipSync],
  ['gzip', 'br;q=0, GZIP;q=0.5', gunzipSync],
  ['br', '*', brotliDecompressSync],
])('is sent as %s to a client that accepts %s', async (encoding, accepted, decompress) => {
  for (const path of ['/graphql', bundle()]) {
    const plain = await explorer.get(path)
    const { headers, body } = await explorer.get(path, { 'accept-encoding': accepted })
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers['content-length']).toBe(String(body.length))
    expect(body.length).toBeLessThan(plain.body.length / 2)
    expect(decompress(body).equals(plain.body)).toBe(true)
  }
})

test.each(['identity', 'deflate', 'br;q=0, gzip;q=0', '', 'br;q=0.0'])(
  'is sent as it is to a client that accepts %j',
  async accepted => {
    const { headers, body } = await explorer.get('/graphql', { 'accept-encoding': accepted })
    expect(headers['content-encoding']).toBeUndefined()
    expect(body.toString()).toBe(html)
  },
)

test('what a client has already is not sent again', async () => {
  for (const path of ['/graphql', bundle()]) {
    const { headers } = await explorer.get(path, { 'accept-encoding': 'br' })
    const etag = String(headers.etag)
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/)
    for (const tag of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const again = await explorer.get(path, { 'accept-encoding': 'br', 'if-none-match': tag })
      expect([again.status, again.body.length, again.headers.etag], tag).toEqual([304, 0, etag])
      expect(again.headers['cache-control']).toBe(headers['cache-control'])
    }
    expect((await explorer.get(path, { 'if-none-match': '"other"' })).status).toBe(200)
  }
})

test('other paths have nothing, and other methods do nothing', async () => {
  const base = bundle().slice(0, bundle().lastIndexOf('/'))
  for (const path of [
    '/graphql/explorer/',
    `${base}/`,
    `${base}/nothing.js`,
    `${base}/explorer.html`,
    `${base}/panel.graphql`,
    `${base}/../../package.json`,
    `${base}/__proto__`,
    bundle().replace(base, '/graphql/explorer/another-version-'),
  ]) {
    const { status, body } = await explorer.get(path)
    expect([path, status, body.length]).toEqual([path, 404, 0])
  }
  expect(await explorer.get('/graphql', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  const head = await explorer.get(bundle(), {}, 'HEAD')
  expect([head.status, head.body.length, Number(head.headers['content-length']) > 5_000_000]).toEqual([200, 0, true])
})

test('nothing in the page or in our own files points to another host', async () => {
  const base = bundle().slice(0, bundle().lastIndexOf('/'))
  const modules = ['mount-graphiql', 'story', 'send', 'panel', 'place-panel', 'follow-log', 'event-row', 'tab-storage']
  const own = paths.filter(path => !path.includes('graphiql-bundle')).concat(modules.map(name => `${base}/${name}.js`))
  const texts = [html, ...(await Promise.all(own.map(async path => (await explorer.get(path)).body.toString())))]
  expect(texts.every(text => text.length > 100)).toBe(true)
  const hosts = texts.flatMap(text => [...text.matchAll(/(?:https?:)?\/\/[\w.-]+\.\w+[^"'\s]*/g)].map(([url]) => url))
  expect(hosts).toEqual(['http://www.w3.org/2000/svg'])
  const css = (await explorer.get(`${base}/graphiql-bundle.css`)).body.toString()
  expect([...css.matchAll(/url\(["']?(?!["']?data:)[^)]*/g), ...css.matchAll(/@import/g)]).toEqual([])
})
