import { afterEach, beforeEach, expect, test } from 'vitest'
import { send } from './post.ts'
import { startTestGateway, type TestGateway } from './test-gateway.ts'

let gateway: TestGateway
beforeEach(async () => {
  gateway = await startTestGateway()
})
afterEach(() => gateway[Symbol.asyncDispose]())

const stranger = { authorization: undefined, 'content-type': undefined }
const ask = (path: string, method = 'GET') => send(gateway, { method, path, headers: stranger })

test('live and ready, for everybody', async () => {
  const live = await ask('/health/live')
  expect([live.status, live.json]).toEqual([200, { status: 'live' }])
  const ready = await ask('/health/ready?verbose')
  expect([ready.status, ready.json]).toEqual([200, { status: 'ready', database: 'ok', migrations: 'ok', feed: 'ok' }])
  expect(ready.headers['cache-control']).toBe('no-store')
  expect((await ask('/health/ready', 'HEAD')).status).toBe(200)
  expect((await ask('/health/ready', 'POST')).status).toBe(405)
  expect((await ask('/health/live', 'DELETE')).status).toBe(405)
})

test('the database does not answer', async () => {
  gateway.behaviour.ask = async () => 'unreachable'
  const ready = await ask('/health/ready')
  expect([ready.status, ready.json]).toEqual([503, { status: 'unready', database: 'unreachable', feed: 'ok' }])
  expect((await ask('/health/live')).status).toBe(200)
})

test('the database hangs', async () => {
  gateway.behaviour.ask = () => new Promise(() => {})
  const started = performance.now()
  expect((await ask('/health/ready')).status).toBe(503)
  expect(performance.now() - started).toBeLessThan(6_000)
})

test('the feed is behind', async () => {
  gateway.behaviour.lagMs = 5_001
  const ready = await ask('/health/ready')
  expect([ready.status, ready.json]).toEqual([
    503,
    { status: 'unready', database: 'ok', migrations: 'ok', feed: 'behind' },
  ])
  gateway.behaviour.lagMs = 5_000
  expect((await ask('/health/ready')).status).toBe(200)
})

test('strangers cannot keep the database busy', async () => {
  let asked = 0
  gateway.behaviour.ask = async () => {
    asked += 1
    return 'ok'
  }
  await Promise.all(Array.from({ length: 50 }, () => ask('/health/ready')))
  // What it answers is kept for a second.
  expect(asked).toBeLessThan(10)
})
