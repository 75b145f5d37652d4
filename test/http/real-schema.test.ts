import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as fc from 'fast-check'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Operations } from '../../src/graphql/operations.ts'
import { schema } from '../../src/schema.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { type DemoGateway, startDemoGateway } from '../setup/demo-gateway.ts'
import { runBoth } from './both-engines.ts'
import { generatedDocument } from './generated-document.ts'

const directory = resolve(import.meta.dirname, '../../schema/operations')
const queries = readdirSync(directory)
  .map(file => [file, readFileSync(resolve(directory, file), 'utf8')] as const)
  .filter(([, text]) => parse(text).definitions.some(node => 'operation' in node && node.operation === 'query'))

let gateway: DemoGateway
beforeAll(async () => {
  gateway = await startDemoGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const context = () => gateway.context()

/** Values for whatever variables the example queries have. */
async function variablesOf(): Promise<Record<string, unknown>> {
  const order = await gateway.databases.db.selectFrom('orders').select('number').limit(1).executeTakeFirstOrThrow()
  return { number: String(order.number), first: 5 }
}

test.each(queries)('%s gives the same in both engines', async (_file, text) => {
  const both = await runBoth(schema, text, await variablesOf(), '', context)
  expect(both?.graphql.errors).toEqual([])
  expect(both?.compiled).toEqual(both?.graphql)
})

test('errors in a list of nodes are the same in both engines', async () => {
  const { id } = await gateway.databases.db.selectFrom('orders').select('id').limit(1).executeTakeFirstOrThrow()
  const without = () => {
    const { actor, ...rest } = context()
    const scopes = new Set(actor.scopes)
    scopes.delete('contacts:read')
    return { ...rest, actor: { ...actor, scopes } }
  }
  const ids = [
    encodeGlobalId('Order', id),
    'garbage',
    encodeGlobalId('Contact', '1'),
    encodeGlobalId('Order', '999999'),
  ]
  const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Order { number } } }'
  const both = await runBoth(schema, document, { ids }, '', without)
  expect(both?.graphql.errors.map(error => JSON.parse(error))).toMatchObject([
    { path: ['nodes', 1], extensions: { code: 'BAD_USER_INPUT' } },
    { path: ['nodes', 2], extensions: { code: 'FORBIDDEN' } },
  ])
  expect(JSON.parse(both?.graphql.data ?? '').nodes).toMatchObject([{ id: ids[0] }, null, null, null])
  expect(both?.compiled).toEqual(both?.graphql)
})

test('generated queries give the same in both engines', async () => {
  let compiled = 0
  await fc.assert(
    fc.asyncProperty(generatedDocument(schema), async ({ text, variables }) => {
      const both = await runBoth(schema, text, variables, '', context)
      if (both?.compiled === undefined) return
      compiled += 1
      expect(both.compiled).toEqual(both.graphql)
    }),
    { numRuns: 200 },
  )
  expect(compiled).toBeGreaterThan(30)
})

const line = 'lineItems { id quantity variant { id name sku } price { id amount paymentType } }'
const page = (first: number) => `{ orders(first: ${first}) { pageInfo { hasNextPage } edges { cursor node {
  id number serviceStatus billingStatus totalAmount currency createdAt
  contact { id emailAddress firstName lastName } ${line}
  invoices { edges { node { id number status totalAmount issuedAt
    lineItems { id quantity variant { id name sku } } } } } } } } }`

test('a deep page of 100 fits, three lists of 100 in each other do not', () => {
  const operations = new Operations(schema)
  const admit = (query: string) => {
    const admitted = operations.admit({ query }, { requestId: 'r', report: () => {} })
    return 'errors' in admitted ? admitted.errors.map(error => error.extensions.code) : 'admitted'
  }
  expect(admit(page(100))).toBe('admitted')
  const inside = 'invoices(first: 100) { edges { node { id } } }'
  const lists = `{ contacts(first: 100) { edges { node { orders(first: 100) { edges { node { ${inside} } } } } } } }`
  expect(admit(lists)).toEqual(['COST_LIMIT'])
})
