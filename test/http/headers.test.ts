import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const query = 'mutation { createContact(input: { emailAddress: "unseen@example.com" }) { __typename } }'

async function post(headers: Record<string, string>): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const sent = request(gateway.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.key}`, 'content-type': 'application/json', ...headers },
  })
  sent.on('error', reject).on('response', response => resolve(response.resume().statusCode))
  sent.end(JSON.stringify({ query }))
  return promise
}

test.each(['application/xml', 'text/html', 'image/png', 'multipart/mixed'])(
  'who takes only %s gets 406, and nothing was written',
  async accept => {
    const rows = await shop.rows()
    expect(await post({ accept })).toBe(406)
    expect(await shop.rows()).toEqual(rows)
  },
)

test('a malformed Host is a bad request', async () => {
  expect(await post({ host: 'a b/../<' })).toBe(400)
})

test('a client that offers HTTP/2 on the side is answered in HTTP/1', async () => {
  expect(
    await post({ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' }),
  ).toBe(200)
})
