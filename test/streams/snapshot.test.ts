import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Databases } from '../../src/database/connect.ts'
import type { Reads } from '../../src/database/reads.ts'
import { encodeEventCursor } from '../../src/events/cursor.ts'
import { createContext } from '../../src/graphql/context.ts'
import { Operations } from '../../src/graphql/operations.ts'
import { schema } from '../../src/schema.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { newActor, Process, write } from '../events/event-log.ts'
import { createDatabase, type TestDatabase } from '../setup/database.ts'

let database: TestDatabase
let gateway: Process
let actor: Actor
beforeAll(async () => {
  database = await createDatabase()
  gateway = await Process.start(database.url)
  actor = await newActor(gateway.databases)
  await write(gateway.commands(actor), {}, {}, {})
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const operations = new Operations(schema)

/** Runs a query; says when which statement was sent and answered. */
async function run(text: string, variables: Record<string, unknown> = {}, as = actor) {
  const log: string[] = []
  const spied = new Proxy(gateway.databases, {
    get: (target, name) => (name === 'reads' ? () => spiedReads(target, log, as) : Reflect.get(target, name, target)),
  })
  const errors = { requestId: 'r', report: (error: unknown) => log.push(String(error)) }
  const admitted = operations.admit({ query: text, variables }, errors)
  if ('errors' in admitted) throw admitted.errors[0]
  const result = await operations.execute(admitted, createContext(as, spied, gateway.feed, 'r'), errors)
  return { log, result: JSON.parse(JSON.stringify(result)) }
}

function spiedReads(databases: Databases, log: string[], as: Actor): Reads {
  return spied(databases.reads(as.workspace.id), log)
}

function spied(reads: Reads, log: string[]): Reads {
  return new Proxy(reads, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      if (name !== 'all') return (...args: unknown[]) => spied(member.apply(target, args), log)
      return async (statement: { name: string }, params: unknown) => {
        log.push(`> ${statement.name}`)
        // Slow enough for anything that does not wait to overtake it.
        if (statement.name === 'event_log_last') await new Promise(resolve => setTimeout(resolve, 20))
        const rows: unknown = await member.call(target, statement, params)
        log.push(`< ${statement.name}`)
        return rows
      }
    },
  })
}

const cursor = (sequence: number) => encodeEventCursor(actor.workspace, String(sequence))

describe('eventCursor is read, and answered, before anything else is sent', () => {
  test.each([
    ['first', '{ eventCursor workspace { name } event(eventId: $id) { sequence } }'],
    ['last', '{ event(eventId: $id) { sequence } workspace { name } eventCursor }'],
    ['under another name', '{ event(eventId: $id) { sequence } cursor: eventCursor }'],
    ['in an inline fragment', '{ event(eventId: $id) { sequence } ... on Query { ... { eventCursor } } }'],
    [
      'in a fragment',
      '{ event(eventId: $id) { sequence } ...outer } fragment outer on Query { ...inner } fragment inner on Query { eventCursor }',
    ],
  ])('%s', async (_place, selection) => {
    const text = `query ($id: String!) ${selection}`
    // On graphql-js first, then compiled.
    for (let sighting = 1; sighting <= 3; sighting += 1) {
      const { log, result } = await run(text, { id: '7d444840-9dc0-11d1-b245-5ffdce74fad2' })
      expect(result.errors).toBeUndefined()
      expect(result.data.eventCursor ?? result.data.cursor).toBe(cursor(3))
      expect(log.slice(0, 2)).toEqual(['> event_log_last', '< event_log_last'])
      expect(log.slice(2)).toContain('> events_by_uuid')
      expect(log.filter(line => line === '> event_log_last')).toHaveLength(1)
    }
  })

  test('and is not read where it is not selected', async () => {
    const { log } = await run('{ __typename ...other } fragment other on Query { eventLog { lastCursor } }')
    expect(log).toEqual(['> event_log_bounds', '< event_log_bounds'])
  })

  test('needs no scope', async () => {
    const { result } = await run('{ eventCursor eventLog { lastCursor } }', {}, { ...actor, scopes: new Set() })
    expect(result.errors).toMatchObject([{ path: ['eventLog'], extensions: { code: 'FORBIDDEN' } }])
    const { result: alone } = await run('{ eventCursor }', {}, { ...actor, scopes: new Set() })
    expect(alone).toEqual({ data: { eventCursor: cursor(3) } })
  })
})

test('eventLog says what is kept', async () => {
  const owner = await newActor(gateway.databases)
  const place = (sequence: number) => encodeEventCursor(owner.workspace, String(sequence))
  const text = '{ eventLog { earliestCursor lastCursor } }'
  expect((await run(text, {}, owner)).result.data.eventLog).toEqual({ earliestCursor: place(0), lastCursor: place(0) })
  await write(gateway.commands(owner), {}, {}, {}, {}, {})
  const { db } = gateway.databases
  await db.deleteFrom('events').where('workspace_id', '=', owner.workspace.id).where('sequence', '<=', '2').execute()
  expect((await run(text, {}, owner)).result.data.eventLog).toEqual({ earliestCursor: place(2), lastCursor: place(5) })
})
