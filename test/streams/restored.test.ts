import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSocket } from '../http/socket-client.ts'
import type { TestGateway } from '../http/test-gateway.ts'
import { runCommand } from '../setup/command.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { openEventSource } from './event-source.ts'

let gateway: Gateway
let shop: Shop
beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const query = 'subscription ($after: String) { events(after: $after) { __typename cursor } }'

test('after a restore old cursors are refused, on open sockets too, and new ones work', async () => {
  const { eventCursor } = await shop.data('{ eventCursor }')
  const made = await shop.data(
    'mutation ($query: String!) { createStreamTicket(input: { query: $query }) { ... on CreateStreamTicketPayload { path } } }',
    { query },
  )
  const client = await openSocket({ url: gateway.origin } as TestGateway)
  client.send({ type: 'connection_init', payload: { authorization: `Bearer ${shop.key}` } })
  await client.next()
  client.send({ id: '1', type: 'subscribe', payload: { query } })
  expect((await client.next()).payload.data.events.__typename).toBe('CaughtUp')

  const env = { DATABASE_URL: gateway.databaseUrl }
  const { code, stdout, stderr } = await runCommand(['restored', '--json'], env)
  expect([code, stderr]).toEqual([0, ''])
  const last = await shop.events()
  expect(JSON.parse(stdout)).toEqual([
    { workspaceId: shop.workspaceId, subdomain: expect.any(String), lastSequence: String(last.length) },
  ])
  expect((await client.closed).code).toBe(1001)

  const stale = await shop.data('{ eventCursor }')
  expect(stale.eventCursor).not.toBe(eventCursor)
  const refused = await openEventSource(
    `${gateway.origin}/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify({ after: eventCursor }))}`,
    { authorization: `Bearer ${shop.key}` },
  )
  await refused.ended
  expect(refused.messages[0]?.data.errors).toMatchObject([{ extensions: { code: 'BAD_CURSOR', argument: 'after' } }])
  expect((await openEventSource(gateway.origin + made.createStreamTicket.path)).response.statusCode).toBe(401)
  const accepted = await openEventSource(
    `${gateway.origin}/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify({ after: stale.eventCursor }))}`,
    { authorization: `Bearer ${shop.key}` },
  )
  expect(accepted.response.statusCode).toBe(200)
  accepted.close()
})

test('the command says what it does', async () => {
  const env = { DATABASE_URL: gateway.databaseUrl }
  const help = await runCommand(['restored', '--help'], env)
  expect(help.stdout).toMatch(/^npm run restored -- \[options\]\nRun it once after restoring/)
  const { stdout } = await runCommand(['restored'], env)
  expect(stdout).toMatch(
    /^Cursors from before now are refused in this workspace; .*\n\nID +SUBDOMAIN +LAST EVENT\n\d+ +shop-/,
  )
})
