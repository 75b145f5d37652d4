import { type ExecutionResult, execute, GraphQLError, parse, subscribe } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createContact } from '../../src/contacts/create-contact.ts'
import { updateContact } from '../../src/contacts/update-contact.ts'
import { decodeEventCursor, encodeEventCursor } from '../../src/events/cursor.ts'
import { createContext } from '../../src/graphql/context.ts'
import { schema } from '../../src/schema.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'
import { newActor, Process, range, type Written, write } from './event-log.ts'

let database: TestDatabase
let gateway: Process
let actor: Actor
let createdAt: string

const seven: Written[] = [
  { type: 'order.created', subjectId: '5' },
  { type: 'orders/invoice.created', subjectId: '8' },
  { type: 'orders/invoice.paid', subjectId: '8', data: { id: 8, total_amount: '1.00' } },
  { type: 'order.updated', subjectId: '5' },
  { type: 'order.created', subjectId: '6', liveMode: false },
  { type: 'contact.created', subjectId: '5', liveMode: null },
  { type: 'order.updated', subjectId: '6', liveMode: false },
]

beforeAll(async () => {
  database = await createDatabase()
  gateway = await Process.start(database.url)
  actor = await newActor(gateway.databases)
  await write(gateway.commands(actor), ...seven.slice(0, 5))
  await new Promise(resolve => setTimeout(resolve, 20))
  createdAt = new Date().toISOString()
  await new Promise(resolve => setTimeout(resolve, 20))
  await write(gateway.commands(actor), ...seven.slice(5))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape their documents give
type Answer = ExecutionResult<any>

function operation(text: string, variableValues: Record<string, unknown> = {}, as = actor) {
  const contextValue = createContext(as, gateway.databases, gateway.feed, 'test')
  return { schema, document: parse(text), variableValues, contextValue }
}

async function query(text: string, variables?: Record<string, unknown>, as?: Actor): Promise<Answer> {
  return execute(operation(text, variables, as))
}

async function stream(text: string, variables?: Record<string, unknown>, as?: Actor): Promise<AsyncGenerator<Answer>> {
  const streamed = await subscribe(operation(text, variables, as))
  if (Symbol.asyncIterator in streamed) return streamed as AsyncGenerator<Answer>
  throw streamed.errors?.[0] ?? new Error('no stream')
}

/** The next items that are not CaughtUp. */
async function next(answers: AsyncGenerator<Answer>, count: number): Promise<Answer['data'][]> {
  const items: Answer['data'][] = []
  while (items.length < count) {
    const { value } = await answers.next()
    expect(value.errors).toBeUndefined()
    if (value.data.events.__typename !== 'CaughtUp') items.push(value.data.events)
  }
  return items
}

const cursor = (sequence: number, of = actor) => encodeEventCursor(of.workspace, String(sequence))

describe('one event', () => {
  const fields = `__typename id eventId cursor sequence type eventType createdAt liveMode apiVersion payload subjectType
    subjectId actor { type id name }`

  test('has all its fields, by id, by UUID and as a node', async () => {
    const id = encodeGlobalId('Event', `${actor.workspace.id}-3`)
    const { data } = await query(`query ($id: ID!) { event(id: $id) { ${fields} } }`, { id })
    const { eventId, createdAt } = data.event
    expect(eventId).toMatch(/^[0-9a-f-]{36}$/)
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const expected = {
      __typename: 'Event',
      id,
      eventId,
      cursor: cursor(3),
      sequence: '3',
      type: 'ORDERS_INVOICE_PAID',
      eventType: 'orders/invoice.paid',
      createdAt,
      liveMode: true,
      apiVersion: 2,
      payload: {
        event_id: eventId,
        event_type: 'orders/invoice.paid',
        subject_id: 8,
        subject_type: 'Orders::Invoice',
        data: { id: 8, total_amount: '1.00' },
        created_at: createdAt,
        api_version: 2,
        workspace_id: Number(actor.workspace.id),
        page: null,
        funnel: null,
      },
      subjectType: 'Orders::Invoice',
      subjectId: '8',
      actor: { type: 'Platform::Application', id: '7', name: 'Test key' },
    }
    expect(data.event).toEqual(expected)
    const others = await query(
      `query ($id: ID!, $eventId: String!) { event(eventId: $eventId) { ${fields} } node(id: $id) { ... on Event { ${fields} } } }`,
      { id, eventId },
    )
    expect(others).toEqual({ data: { event: expected, node: expected } })
  })

  test('is null where the workspace has none, and says what is no id', async () => {
    const stranger = await newActor(gateway.databases)
    const document = 'query ($id: ID, $eventId: String) { event(id: $id, eventId: $eventId) { id } }'
    const id = encodeGlobalId('Event', `${actor.workspace.id}-3`)
    const { data } = await query('{ events(first: 1) { edges { node { eventId } } } }')
    const { eventId } = data.events.edges[0].node
    for (const variables of [{ id }, { eventId }]) {
      expect((await query(document, variables, stranger)).data).toEqual({ event: null })
      expect((await query(document, variables)).data.event.id).toBeTypeOf('string')
    }
    for (const [variables, argument] of [
      [{}, 'id'],
      [{ id, eventId }, 'id'],
      [{ id: encodeGlobalId('Order', '3') }, 'id'],
      [{ eventId: `${eventId}0` }, 'eventId'],
    ] as const) {
      const { errors } = await query(document, variables)
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument })
    }
  })

  test('shows its subject as it is now; nothing where that is gone or no type of this API', async () => {
    const owner = await newActor(gateway.databases)
    const context = gateway.commands(owner)
    const { result: contactId } = await createContact(context, { emailAddress: 'ada@example.com', firstName: 'Ada' })
    const id = encodeGlobalId('Contact', contactId)
    await updateContact(context, { id, firstName: 'Augusta' })
    await write(context, { type: 'order.created', subjectId: '999' })
    const document = `{ events(first: 10) { edges { node { eventType payload subject { __typename id ... on Contact { firstName } } } } } }`
    const { data, errors } = await query(document, {}, owner)
    expect(errors).toBeUndefined()
    const subject = { __typename: 'Contact', id, firstName: 'Augusta' }
    const rows = data.events.edges.map(({ node }: { node: { eventType: string; subject: unknown } }) => [
      node.eventType,
      node.subject,
    ])
    expect(rows).toEqual([
      ['contact.created', subject],
      ['contact.identified', subject],
      ['contact.updated', subject],
      ['order.created', null],
    ])
    expect(data.events.edges[0].node.payload.data.first_name).toBe('Ada')
  })

  test('hides a subject that the key may not read, and itself without events:read', async () => {
    const reader = { ...actor, scopes: new Set(['events:read'] as const) }
    const { data, errors } = await query(
      '{ events(first: 1) { edges { node { sequence subject { id } } } } }',
      {},
      reader,
    )
    expect(data.events.edges).toEqual([{ node: { sequence: '1', subject: null } }])
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    const nobody = { ...actor, scopes: new Set([]) }
    for (const text of ['{ event(id: "x") { id } }', '{ events { totalCount } }']) {
      expect((await query(text, {}, nobody)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    }
    await expect(stream('subscription { events { cursor } }', {}, nobody)).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN' },
    })
  })
})

describe('the list', () => {
  const document = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
    events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      edges { cursor node { sequence } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }`

  async function list(variables: Record<string, unknown>) {
    const { data, errors } = await query(document, variables)
    if (errors !== undefined) throw errors[0]
    const { edges, pageInfo, totalCount } = data.events
    return {
      found: edges.map(({ node }: { node: { sequence: string } }) => Number(node.sequence)),
      cursors: edges.map((edge: { cursor: string }) => edge.cursor),
      pageInfo,
      totalCount,
    }
  }

  test('pages forward and backward with the cursors of the log', async () => {
    const first = await list({ first: 3 })
    expect(first).toEqual({
      found: [1, 2, 3],
      cursors: [1, 2, 3].map(sequence => cursor(sequence)),
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: cursor(1), endCursor: cursor(3) },
      totalCount: 7,
    })
    const rest = await list({ first: 4, after: cursor(3) })
    expect(rest.found).toEqual([4, 5, 6, 7])
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    const end = await list({ last: 2 })
    expect(end.found).toEqual([6, 7])
    expect(end.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    const before = await list({ last: 5, before: cursor(6) })
    expect(before.found).toEqual([1, 2, 3, 4, 5])
    expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    expect((await list({ first: 5, after: cursor(7) })).found).toEqual([])
    expect((await list({ first: 2, after: cursor(0) })).found).toEqual([1, 2])
  })

  test.each<[string, object, number[]]>([
    ['types', { types: ['ORDER_CREATED', 'ORDERS_INVOICE_PAID'] }, [1, 3, 5]],
    ['no types', { types: [] }, []],
    ['an order', { subjectId: encodeGlobalId('Order', '5') }, [1, 4]],
    ['a contact with the same database id', { subjectId: encodeGlobalId('Contact', '5') }, [6]],
    ['an invoice', { subjectId: encodeGlobalId('Invoice', '8') }, [2, 3]],
    ['live', { liveMode: true }, [1, 2, 3, 4]],
    ['test', { liveMode: false }, [5, 7]],
    ['nothing', { types: null, subjectId: null, liveMode: null, createdAt: null }, [1, 2, 3, 4, 5, 6, 7]],
    ['several', { types: ['ORDER_UPDATED'], subjectId: encodeGlobalId('Order', '6'), liveMode: false }, [7]],
  ])('filters by %s', async (_name, filter, expected) => {
    const found = await list({ first: 10, filter })
    expect(found).toMatchObject({ found: expected, totalCount: expected.length })
    expect((await list({ last: 10, filter })).found).toEqual(expected)
  })

  test('filters by time', async () => {
    expect(await list({ filter: { createdAt: { to: createdAt } } })).toMatchObject({
      found: [1, 2, 3, 4, 5],
      totalCount: 5,
    })
    expect(await list({ filter: { createdAt: { from: createdAt } } })).toMatchObject({ found: [6, 7], totalCount: 2 })
  })

  test.each<[string, Record<string, unknown>, object]>([
    ['garbage', { after: 'x' }, { code: 'BAD_CURSOR', argument: 'after' }],
    ['START', { after: 'START' }, { code: 'BAD_CURSOR', argument: 'after' }],
    ['a cursor of another list', { before: 'b3JkZXJzfDF8aWR8MXwx' }, { code: 'BAD_CURSOR', argument: 'before' }],
    ['both first and last', { first: 1, last: 1 }, { code: 'BAD_USER_INPUT', argument: 'last' }],
    ['first: -1', { first: -1 }, { code: 'BAD_USER_INPUT', argument: 'first' }],
    ['last: 101', { last: 101 }, { code: 'BAD_USER_INPUT', argument: 'last' }],
    [
      'an id of something without events',
      { filter: { subjectId: encodeGlobalId('Price', '1') } },
      { code: 'BAD_USER_INPUT', argument: 'filter' },
    ],
    [
      'a day that is none',
      { filter: { createdAt: { from: '2026-02-31T00:00:00Z' } } },
      { code: 'BAD_USER_INPUT', argument: 'filter' },
    ],
  ])('refuses %s', async (_name, variables, extensions) => {
    await expect(list(variables)).rejects.toMatchObject({ extensions })
  })

  test('refuses cursors of the future and of another workspace', async () => {
    const stranger = await newActor(gateway.databases)
    await write(gateway.commands(stranger), {}, {})
    const restored = { ...actor, workspace: { ...actor.workspace, epoch: 'another' } }
    for (const bad of [cursor(8), cursor(1, stranger), cursor(1, restored)]) {
      await expect(list({ after: bad })).rejects.toMatchObject({
        extensions: { code: 'BAD_CURSOR', argument: 'after' },
      })
      await expect(list({ last: 1, before: bad })).rejects.toMatchObject({
        extensions: { code: 'BAD_CURSOR', argument: 'before' },
      })
    }
  })
})

describe('the stream', () => {
  const document = `subscription ($after: String, $types: [EventType!], $groups: [EventGroup!], $subjectId: ID, $liveMode: Boolean) {
    events(after: $after, types: $types, groups: $groups, subjectId: $subjectId, liveMode: $liveMode) {
      __typename cursor ... on Event { sequence eventType payload } ... on CursorExpired { earliest }
    }
  }`
  const followed = (items: { sequence: string }[]) => items.map(({ sequence }) => Number(sequence))

  test('starts now without a cursor, from the beginning with START, and anywhere with a cursor', async () => {
    const owner = await newActor(gateway.databases)
    await write(gateway.commands(owner), {}, {}, {})
    const now = await stream(document, {}, owner)
    const all = await stream(document, { after: 'START' }, owner)
    const some = await stream(document, { after: cursor(2, owner) }, owner)
    await write(gateway.commands(owner), { type: 'order.completed' })
    const [event] = await next(now, 1)
    expect(event).toMatchObject({
      __typename: 'Event',
      cursor: cursor(4, owner),
      sequence: '4',
      eventType: 'order.completed',
    })
    expect(decodeEventCursor(owner.workspace, event.cursor)).toBe('4')
    expect(event.payload.event_type).toBe('order.completed')
    expect(followed(await next(all, 4))).toEqual([1, 2, 3, 4])
    expect(followed(await next(some, 2))).toEqual([3, 4])
    await Promise.all([now, all, some].map(answers => answers.return(undefined)))
    expect(gateway.feed.followers).toBe(0)
  })

  test('can go on from an edge of the list and from an empty log', async () => {
    const owner = await newActor(gateway.databases)
    const empty = await stream(document, { after: cursor(0, owner) }, owner)
    await write(gateway.commands(owner), {}, {})
    const { data } = await query('{ events(first: 1) { edges { cursor } } }', {}, owner)
    const onward = await stream(document, { after: data.events.edges[0].cursor }, owner)
    expect(followed(await next(empty, 2))).toEqual([1, 2])
    expect(followed(await next(onward, 1))).toEqual([2])
    await Promise.all([empty, onward].map(answers => answers.return(undefined)))
  })

  test.each<[string, object, number[]]>([
    ['types', { types: ['ORDERS_INVOICE_PAID', 'ORDER_UPDATED'] }, [3, 4, 7]],
    ['a subject', { subjectId: encodeGlobalId('Order', '6') }, [5, 7]],
    ['live', { liveMode: true }, [1, 2, 3, 4]],
    ['groups', { groups: ['INVOICE'] }, [2, 3]],
    ['types and groups', { types: ['CONTACT_CREATED'], groups: ['INVOICE'] }, [2, 3, 6]],
    ['nothing', { types: null, groups: null, subjectId: null, liveMode: null }, range(1, 7)],
  ])('filters by %s', async (_name, filter, expected) => {
    const answers = await stream(document, { after: 'START', ...filter })
    expect(followed(await next(answers, expected.length))).toEqual(expected)
    const { value } = await answers.next()
    expect(value.data.events).toEqual({ __typename: 'CaughtUp', cursor: cursor(7) })
    const more = answers.next()
    const tie = Symbol('nothing more')
    expect(await Promise.race([more, new Promise(resolve => setTimeout(() => resolve(tie), 60))])).toBe(tie)
    await answers.return(undefined)
  })

  test('refuses cursors that are no place in this log, at the top', async () => {
    const stranger = await newActor(gateway.databases)
    for (const after of ['', 'x', 'start', cursor(8), cursor(0, stranger)]) {
      const refused = await stream(document, { after }).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(GraphQLError)
      expect(refused).toMatchObject({ extensions: { code: 'BAD_CURSOR', argument: 'after' } })
    }
    await expect(stream(document, { subjectId: 'x' })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argument: 'subjectId' },
    })
  })

  test('refuses a place whose events are no longer kept, and says where the log begins', async () => {
    const owner = await newActor(gateway.databases)
    await write(gateway.commands(owner), ...range(1, 9).map(() => ({})))
    const { db } = gateway.databases
    await db.deleteFrom('events').where('workspace_id', '=', owner.workspace.id).where('sequence', '<=', '6').execute()
    const extensions = { code: 'BAD_CURSOR', argument: 'after', earliest: cursor(6, owner) }
    const expired = await stream(document, { after: cursor(5, owner) }, owner)
    expect(await next(expired, 1)).toEqual([
      { __typename: 'CursorExpired', cursor: cursor(5, owner), earliest: cursor(6, owner) },
    ])
    expect(await expired.next()).toEqual({ done: true, value: undefined })
    const listed = await query(
      'query ($after: String) { events(after: $after) { totalCount } }',
      { after: cursor(0, owner) },
      owner,
    )
    expect(listed.errors?.[0]?.extensions).toEqual(extensions)
    for (const after of [extensions.earliest, 'START']) {
      const answers = await stream(document, { after }, owner)
      expect(followed(await next(answers, 3))).toEqual([7, 8, 9])
      await answers.return(undefined)
    }
    expect((await query('{ events { totalCount edges { node { sequence } } } }', {}, owner)).data.events).toEqual({
      totalCount: 3,
      edges: ['7', '8', '9'].map(sequence => ({ node: { sequence } })),
    })
  })

  test('tells a reader whom the retention overtook where to continue', async () => {
    const owner = await newActor(gateway.databases)
    for (const _ of range(1, 15)) await write(gateway.commands(owner), ...range(1, 100).map(() => ({})))
    const answers = await stream(document, { after: 'START' }, owner)
    expect(followed(await next(answers, 1))).toEqual([1])
    const { db } = gateway.databases
    await db
      .deleteFrom('events')
      .where('workspace_id', '=', owner.workspace.id)
      .where('sequence', '<=', '1450')
      .execute()
    const rest: Answer['data'][] = []
    for await (const { data } of answers) rest.push(data.events)
    const last = rest.length
    expect(followed(rest.slice(0, -1))).toEqual(range(2, last))
    expect(rest.at(-1)).toEqual({
      __typename: 'CursorExpired',
      cursor: cursor(last, owner),
      earliest: cursor(1450, owner),
    })
  })

  test('shows three states of one subject', async () => {
    const owner = await newActor(gateway.databases)
    const context = gateway.commands(owner)
    const { result } = await createContact(context, { firstName: 'one' })
    const answers = await stream(
      'subscription { events(types: [CONTACT_UPDATED]) { __typename ... on Event { subject { ... on Contact { firstName } } } } }',
      {},
      owner,
    )
    const names: string[] = []
    for (const firstName of ['two', 'three', 'four']) {
      const [item] = await Promise.all([
        next(answers, 1),
        updateContact(context, { id: encodeGlobalId('Contact', result), firstName }),
      ])
      names.push(item[0].subject.firstName)
    }
    expect(names).toEqual(['two', 'three', 'four'])
    await answers.return(undefined)
  })
})
