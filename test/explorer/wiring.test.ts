import { expect, test } from 'vitest'
import { startGateway } from '../setup/gateway.ts'

test('the gateway serves the page and its files where GRAPHIQL is on, without a key of its own', async () => {
  await using gateway = await startGateway({ env: { GRAPHIQL: 'on' } })
  const page = await fetch(gateway.url, { headers: { accept: 'text/html' } })
  const html = await page.text()
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(html).not.toContain('demoKey')
  const [, path = ''] = /src="([^"]+\/explorer\.js)"/.exec(html) ?? []
  const script = await fetch(gateway.origin + path)
  expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
  await script.body?.cancel()
})

test('and does not where it is off', async () => {
  await using gateway = await startGateway({ env: { GRAPHIQL: 'off' } })
  expect((await fetch(gateway.url, { headers: { accept: 'text/html' } })).status).toBe(401)
  expect((await fetch(`${gateway.origin}/graphql/explorer/any/explorer.js`)).status).toBe(404)
})
