import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FairShare } from '../../src/webhooks/fair-share.ts'
import type { Gateway } from '../setup/gateway.ts'
import { openReceiver } from './receiver.ts'
import { openWebhookShop, startSendingGateway } from './webhook-shop.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startSendingGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('twenty endpoints that were fast and hang now do not hold up one that works', async () => {
  const held: ServerResponse[] = []
  await using hanging = await openReceiver()
  await using receiver = await openReceiver()
  const shop = await openWebhookShop(gateway)
  const eventTypes = ['CONTACT_UPDATED']
  for (let i = 0; i < 20; i += 1) await shop.createEndpoint(`${hanging.url}/${i}`, { eventTypes })
  const rename = async (count: number) => {
    for (let i = 0; i < count; i += 1) await shop.renameContact(`${Math.random()}`)
  }
  // So that each is sent as much at once as an endpoint can be.
  await rename(40)
  await hanging.arrived(20 * 40)
  hanging.answers = response => void held.push(response)
  await rename(60)
  await shop.until(() => held.length >= 20 * 4)
  await shop.createEndpoint(receiver.url, { eventTypes })
  await rename(90)
  await receiver.arrived(90)
  expect(held.filter(response => response.writableEnded)).toEqual([])
  expect(new Set(hanging.received.slice(20 * 40).map(({ path }) => path)).size).toBe(20)
})

test('slow answers do not raise how much an endpoint is sent at once', async () => {
  const held: ServerResponse[] = []
  await using slow = await openReceiver(response => void held.push(response))
  const shop = await openWebhookShop(gateway)
  await shop.createEndpoint(slow.url, { eventTypes: ['CONTACT_UPDATED'] })
  for (let i = 0; i < 20; i += 1) await shop.renameContact(`${Math.random()}`)
  for (let taken = 0; taken < 12; taken += 4) {
    await slow.arrived(taken + 4)
    // Later than it would be a fast answer.
    await new Promise(resolve => setTimeout(resolve, 2_050))
    expect(slow.received).toHaveLength(taken + 4)
    for (const response of held.splice(0)) response.writeHead(204).end()
  }
})

test('whoever comes finds a share, however many there are', () => {
  const share = new FairShare({ shared: 512, minimum: 2 })
  const held: number[] = []
  const take = (limit: number) => {
    const most = Math.min(limit, share.most(0))
    share.moved(0, most)
    held.push(most)
  }
  for (let i = 0; i < 16; i += 1) take(32)
  expect(held[0]).toBe(32)
  expect(share.most(0)).toBeGreaterThan(8)
  for (let i = 0; i < 1_000; i += 1) take(32)
  expect(held.at(-1)).toBe(2)
  // Whoever holds more than the others leave gives it back as it ends.
  expect(share.most(32)).toBeLessThan(32)
  for (const one of held) share.moved(one, 0)
  expect(share.most(0)).toBe(66)
})
