import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeEventPartitions } from '../../src/jobs/make-event-partitions.ts'
import { graphqlData } from '../setup/client.ts'
import { closeGate } from '../setup/gate.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { waitEvents } from '../setup/wait-events.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
  // The database that was copied may be of yesterday.
  await makeEventPartitions(gateway.databases.db, new AbortController().signal)
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('an event that is written while strays move into the partition of their day waits, and is there with them', async () => {
  const { db } = gateway.databases
  const { key, workspaceId } = await gateway.createKey()
  const addContact = (name: string) =>
    graphqlData(
      gateway.url,
      key,
      `mutation { createContact(input: { emailAddress: "${name}@example.com" }) { __typename } }`,
    )
  const today = new Date().toISOString().slice(0, 10)
  const partition = `events_${today.replaceAll('-', '')}`
  await sql`drop table ${sql.table(partition)}`.execute(db)
  await addContact('stray')
  await using gate = await closeGate(gateway, 'delete', 'events_default')
  const making = makeEventPartitions(db, new AbortController().signal)
  const until = (condition: () => Promise<boolean>) => vi.waitUntil(condition, { timeout: 30_000 })
  await until(gate.isReached)
  const adding = addContact('meanwhile')
  await Promise.race([adding, until(async () => (await waitEvents(db)).includes('relation'))])
  await gate.open()
  expect(await Promise.all([making, adding])).toEqual([
    [today],
    { createContact: { __typename: 'CreateContactPayload' } },
  ])
  const { rows } = await sql`
    select tableoid::regclass::text as name, count(*)::int as rows from events
    where workspace_id = ${workspaceId} group by 1`.execute(db)
  expect(rows).toEqual([{ name: partition, rows: 4 }])
})
