import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { statementCount } from '../../src/database/statement-count.ts'
import { type ReadGateway, startReadGateway } from './read-gateway.ts'

const directory = 'schema/operations'
const files = readdirSync(directory)
const textOf = (name: string) => readFileSync(`${directory}/${name}.graphql`, 'utf8')

let reader: ReadGateway
beforeAll(async () => {
  reader = await startReadGateway(300)
})
afterAll(() => reader[Symbol.asyncDispose]())

const deepPage = `query ($first: Int!) {
  orders(first: $first) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node {
      id number totalAmount currency serviceStatus billingStatus createdAt
      contact { id emailAddress firstName lastName }
      lineItems { id quantity variant { id name sku } price { id amount paymentType } }
      invoices { edges { node { id number status totalAmount lineItems { id quantity variant { id name } } } } }
    } }
  }
}`

describe('the deep page', () => {
  test.each([1, 20, 100])('of %i orders costs at most 8 statements, each time it is asked for', async first => {
    const operations = reader.newOperations()
    const sightings = [1, 2, 3, 4].map(() => reader.run(operations, deepPage, { first }))
    const [one, ...others] = await Promise.all(sightings)
    expect(one?.result.errors).toBeUndefined()
    expect(one?.result.data?.orders).toHaveProperty('edges.length', first)
    expect(one?.statements.length).toBeLessThanOrEqual(8)
    for (const other of others) {
      expect(other.statements.length).toBeLessThanOrEqual(8)
      expect(JSON.stringify(other.result)).toBe(JSON.stringify(one?.result))
    }
  })
})

describe('an example operation costs', () => {
  const counts: Record<string, number> = {
    'list-orders': 2,
    'open-order': 8,
    // Transactions and what their payloads show; without begin and commit.
    'create-order': 16,
    'invoice-order': 21,
    'pay-invoice': 18,
    'refund-invoice': 18,
    // For each event: its subject.
    'follow-events': 1,
  }

  test('as the table says, each of them', () => {
    expect(files.map(file => basename(file, '.graphql')).toSorted()).toEqual(Object.keys(counts).toSorted())
  })

  test.each([1, 5, 50])('list-orders of %i', async first => {
    const operations = reader.newOperations()
    for (const _sighting of [1, 2, 3]) {
      const { result, statements } = await reader.run(operations, textOf('list-orders'), { first })
      expect(result.errors).toBeUndefined()
      expect(statements).toHaveLength(counts['list-orders'] ?? 0)
    }
  })

  test('open-order', async () => {
    const operations = reader.newOperations()
    for (const _sighting of [1, 2, 3]) {
      const { result, statements } = await reader.run(operations, textOf('open-order'), { number: '#1001' })
      expect(result.errors).toBeUndefined()
      expect(statements).toHaveLength(counts['open-order'] ?? 0)
    }
  })

  // Of one line or of three: lines don't cost statements.
  test.each([1, 3])('the mutations of an order with %i lines', async lines => {
    const operations = reader.newOperations()
    const { result } = await reader.run(
      operations,
      '{ contacts(first: 1) { edges { node { id } } } prices(filter: { archived: false }) { edges { node { id variant { id archived } } } } }',
    )
    const found = JSON.parse(JSON.stringify(result.data))
    const prices = found.prices.edges.filter(
      (edge: { node: { variant: { archived: boolean } } }) => !edge.node.variant.archived,
    )
    const run = randomUUID()
    const [order, invoice] = [{ externalId: run }, { externalId: `${run}-invoice` }]
    const inputs: Record<string, object> = {
      'create-order': {
        contact: { id: found.contacts.edges[0].node.id },
        lineItems: prices.slice(0, lines).map(({ node }: { node: { id: string; variant: { id: string } } }) => ({
          variantId: node.variant.id,
          priceId: node.id,
          quantity: 1,
        })),
        liveMode: false,
        ...order,
        idempotencyKey: `${run}-create`,
      },
      'invoice-order': { order, ...invoice, dueAt: '2030-01-01T00:00:00Z', idempotencyKey: `${run}-bill` },
      'pay-invoice': { invoice, status: 'PAID', idempotencyKey: `${run}-pay` },
      'refund-invoice': { invoice, status: 'REFUNDED', idempotencyKey: `${run}-refund` },
    }
    const seen: Record<string, number> = {}
    for (const [name, input] of Object.entries(inputs)) {
      const answer = await reader.run(operations, textOf(name), { input })
      expect(JSON.stringify(answer.result)).not.toContain('"code"')
      expect(answer.result.errors).toBeUndefined()
      seen[name] = answer.statements.length
    }
    expect(counts).toMatchObject(seen)
  })

  test('follow-events', async () => {
    const operations = reader.newOperations()
    const admitted = reader.admit(operations, textOf('follow-events'), { after: 'START' })
    const started = await operations.subscribe(admitted, reader.context, { requestId: 'r', report: () => {} })
    if (!('source' in started)) throw new Error(JSON.stringify(started))
    let events = 0
    for await (const item of started.source) {
      const counter = { statements: 0 }
      const result = await statementCount.run(counter, () => started.newRun()(item))
      expect(result.errors).toBeUndefined()
      const event = result.data?.events as { __typename: string; subject?: { __typename: string } }
      if (event.__typename !== 'Event') continue
      events += 1
      expect([event.subject?.__typename, counter.statements]).toEqual([expect.any(String), counts['follow-events']])
      if (events === 50) break
    }
    expect(events).toBe(50)
  })
})
