import { afterAll, beforeAll, expect, test } from 'vitest'
import { send } from './post.ts'
import { startTestGateway, type TestGateway } from './test-gateway.ts'

const shop = 'https://shop.example.com'
const body = '{"query":"{ hello }"}'
const preflight = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
}

let closed: TestGateway
let open: TestGateway
beforeAll(async () => {
  closed = await startTestGateway()
  open = await startTestGateway({ config: { host: '127.0.0.1', port: 0, corsOrigins: [shop], trustProxy: 0 } })
})
afterAll(async () => {
  await closed[Symbol.asyncDispose]()
  await open[Symbol.asyncDispose]()
})

const corsHeaders = (headers: Record<string, unknown>) =>
  Object.keys(headers).filter(name => name.startsWith('access-control'))

test('without origins nobody is let in', async () => {
  const answer = await send(closed, { body, headers: { origin: shop } })
  expect(answer.status).toBe(200)
  expect(corsHeaders(answer.headers)).toEqual([])
  const asked = await send(closed, { method: 'OPTIONS', headers: { origin: shop, ...preflight } })
  expect(asked.status).toBe(405)
  expect(corsHeaders(asked.headers)).toEqual([])
})

test('an origin that is let in', async () => {
  const asked = await send(open, {
    method: 'OPTIONS',
    headers: { origin: shop, ...preflight, authorization: undefined },
  })
  expect(asked.status).toBe(204)
  expect(asked.headers).toMatchObject({
    'access-control-allow-origin': shop,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type, x-request-id',
    vary: 'Origin',
  })
  const answer = await send(open, { body, headers: { origin: shop } })
  expect(answer.json).toEqual({ data: { hello: 'world' } })
  expect(answer.headers['access-control-allow-origin']).toBe(shop)
  expect(answer.headers.vary).toBe('Origin')
  const refused = await send(open, { body, headers: { origin: shop, authorization: undefined } })
  expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, shop])
  for (const { headers } of [asked, answer]) expect(headers['access-control-allow-credentials']).toBeUndefined()
})

test.each([
  'https://evil.example.com',
  'http://shop.example.com',
  'https://shop.example.com:8443',
  'https://shop.example.com.evil.com',
  'https://SHOP.example.com',
  'null',
])('%s is not let in', async origin => {
  const asked = await send(open, { method: 'OPTIONS', headers: { origin, ...preflight } })
  const answer = await send(open, { body, headers: { origin } })
  for (const { headers } of [asked, answer]) {
    expect(corsHeaders(headers)).toEqual([])
    expect(headers.vary).toBe('Origin')
  }
})
