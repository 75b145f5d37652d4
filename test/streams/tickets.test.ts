import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revokeApiKey } from '../../src/api-keys/revoke-api-key.ts'
import { deleteStreamTickets } from '../../src/jobs/delete-stream-tickets.ts'
import { until } from '../http/until.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { type EventSource, openEventSource } from './event-source.ts'

let gateway: Gateway
let shop: Shop
beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const ticketMutation = `mutation ($input: CreateStreamTicketInput!) {
  createStreamTicket(input: $input) {
    __typename
    ... on CreateStreamTicketPayload { ticket path expiresAt eventCursor replayed }
    ... on InvalidInput { issues { code path } }
  }
}`

const query = `subscription ($after: String) {
  events(after: $after) { __typename cursor ... on Event { sequence eventType } }
}`

async function newTicket(input: object = { query }, key = shop.key) {
  const { body } = await graphql(gateway.url, key, ticketMutation, { input })
  return (body.data as { createStreamTicket: Record<string, string> }).createStreamTicket
}

const addContact = () => shop.data('mutation { createContact(input: { firstName: "Ada" }) { __typename } }')
const events = (source: EventSource) =>
  source.messages.flatMap(({ data, id }) =>
    data?.data?.events?.__typename === 'Event' ? [{ ...data.data.events, id }] : [],
  )

test('opens a stream without a header, once; its ids resume it', async () => {
  const before = Date.now()
  const { ticket, path, expiresAt, eventCursor, replayed } = await newTicket()
  expect(path).toBe(`/graphql?ticket=${ticket}`)
  expect(ticket).toMatch(/^ogt_\d+_[\w-]{43}$/)
  expect(Date.parse(expiresAt ?? '') - before).toBeGreaterThan(55_000)
  expect(Date.parse(expiresAt ?? '') - before).toBeLessThan(65_000)
  expect([eventCursor, replayed]).toEqual([expect.any(String), false])
  const url = gateway.origin + path

  const source = await openEventSource(url)
  expect(source.response.statusCode).toBe(200)
  expect(source.response.headers['content-type']).toBe('text/event-stream')
  await until(() => source.messages.length === 1)
  expect(source.messages[0]).toMatchObject({ event: 'next', data: { data: { events: { __typename: 'CaughtUp' } } } })
  await addContact()
  await until(() => events(source).length === 1)
  const [first] = events(source)
  expect(first).toMatchObject({ eventType: 'contact.created', id: first?.cursor })
  source.close()

  await addContact()
  await addContact()
  // Again without having got anything: nobody can.
  expect((await openEventSource(url)).response.statusCode).toBe(401)
  expect((await openEventSource(url, { 'last-event-id': 'x' })).response.statusCode).toBe(401)
  const resumed = await openEventSource(url, { 'last-event-id': source.lastEventId })
  expect(resumed.response.statusCode).toBe(200)
  await until(() => events(resumed).length === 2)
  const sequence = Number(first?.sequence)
  expect(events(resumed).map(event => Number(event.sequence))).toEqual([sequence + 1, sequence + 2])
  resumed.close()
})

test('resumes a stream whose document names a fixed place too, and streams that a header opened', async () => {
  const { eventCursor } = await shop.data('{ eventCursor }')
  await addContact()
  await addContact()
  const fixed = `subscription { events(after: "${eventCursor}") { __typename cursor ... on Event { sequence } } }`
  const all = await openEventSource(gateway.origin + (await newTicket({ query: fixed })).path)
  await until(() => events(all).length === 2)
  all.close()
  const [first, second] = events(all)
  const path = `/graphql?query=${encodeURIComponent(fixed)}`
  const authorization = `Bearer ${shop.key}`
  const rest = await openEventSource(gateway.origin + path, { authorization, 'last-event-id': first?.id })
  await until(() => events(rest).length === 1)
  expect(events(rest)[0]?.sequence).toBe(second?.sequence)
  rest.close()
})

describe('a ticket is good', () => {
  test('for a minute', async () => {
    const { path, ticket } = await newTicket()
    const { db } = gateway.databases
    const aged = (milliseconds: number) =>
      db
        .updateTable('stream_tickets')
        .set({ created_at: new Date(Date.now() - milliseconds).toISOString() })
        .where('workspace_id', '=', shop.workspaceId)
        .execute()
    await aged(61_000)
    expect((await openEventSource(gateway.origin + path)).response.statusCode).toBe(401)
    await aged(30_000)
    const source = await openEventSource(gateway.origin + path)
    expect(source.response.statusCode).toBe(200)
    source.close()
    // Nothing in the database opens anything.
    const rows = await db.selectFrom('stream_tickets').selectAll().execute()
    const [, secret = ''] = /^[^_]+_[^_]+_(.+)$/.exec(ticket ?? '') ?? []
    expect(secret.length).toBeGreaterThan(40)
    expect(JSON.stringify(rows)).not.toContain(secret)
    await aged(24 * 3_600_000 + 1_000)
    expect(await deleteStreamTickets(db, new AbortController().signal)).toBe(rows.length)
  })

  test('for its key only, as long as that is', async () => {
    const { key, id } = await gateway.createKey({ subdomain: 'acme' })
    const { path } = await newTicket({ query }, key)
    const late = await newTicket({ query }, key)
    const source = await openEventSource(gateway.origin + path)
    await until(() => source.messages.length === 1)
    await revokeApiKey(gateway.databases.db, id)
    await source.ended
    expect((await openEventSource(gateway.origin + late.path)).response.statusCode).toBe(401)
  })

  test('for a subscription that could run, with its variables', async () => {
    const invalid = async (input: object) => (await newTicket(input)) as unknown as { issues: object[] }
    for (const [input, code, member] of [
      [{ query: '{ eventCursor }' }, 'INVALID_DOCUMENT', 'query'],
      [{ query: 'subscription { nothing }' }, 'INVALID_DOCUMENT', 'query'],
      [{ query: 'subscription {' }, 'INVALID_DOCUMENT', 'query'],
      [{ query: `${query} # \0` }, 'INVALID_TEXT', 'query'],
      [{ query: `${query}${' '.repeat(20_000)}` }, 'TOO_LONG', 'query'],
      [{ query: `${query} subscription B { events { cursor } }` }, 'INVALID_DOCUMENT', 'query'],
      [{ query, operationName: 'Other' }, 'INVALID_DOCUMENT', 'operationName'],
      [{ query, variables: [] }, 'INVALID_VARIABLES', 'variables'],
      [{ query, variables: { after: 3 } }, 'INVALID_VARIABLES', 'variables'],
    ] as const) {
      expect((await invalid(input)).issues, JSON.stringify(input)).toMatchObject([{ code, path: ['input', member] }])
    }
    const { path } = await newTicket({ query, variables: { after: 'START' } })
    const source = await openEventSource(gateway.origin + path)
    await until(() => events(source).length > 0)
    expect(events(source)[0]?.sequence).toBe('1')
    source.close()
  })

  test('not for anything but an event stream', async () => {
    const { path } = await newTicket()
    const page = await fetch(gateway.origin + path, { headers: { accept: 'application/json' } })
    expect(page.status).toBe(406)
    const posted = await fetch(gateway.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    expect(posted.status).toBe(401)
    for (const ticket of [
      '',
      'x',
      'ogt_1_x',
      `ogt_${shop.workspaceId}_${'A'.repeat(43)}`,
      `ogt_${'9'.repeat(19)}_${'A'.repeat(43)}`,
    ]) {
      const source = await openEventSource(`${gateway.origin}/graphql?ticket=${ticket}`)
      expect(source.response.statusCode).toBe(401)
    }
  })
})
