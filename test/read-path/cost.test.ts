import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'

let gateway: Gateway
let key: string

beforeAll(async () => {
  gateway = await startGateway()
  ;({ key } = await gateway.createKey())
})
afterAll(() => gateway[Symbol.asyncDispose]())

const deepPage = (first: string) => `orders(first: ${first}) {
  totalCount pageInfo { hasNextPage endCursor }
  edges { cursor node {
    id number totalAmount currency serviceStatus billingStatus createdAt
    contact { id emailAddress firstName lastName }
    lineItems { id quantity variant { id name sku } price { id amount paymentType } }
    invoices { edges { node { id number status totalAmount lineItems { id quantity amount variant { id name } } } } }
  } }
}`

const ask = async (document: string, variables?: Record<string, unknown>) => {
  const { status, body } = await graphql(gateway.url, key, document, variables)
  return [status, body.errors?.[0]?.extensions?.code]
}

describe('what a document may ask for', () => {
  test('the deep page of 100 orders fits', async () => {
    expect(await ask(`{ ${deepPage('100')} }`)).toEqual([200, undefined])
    expect(await ask(`query ($n: Int) { ${deepPage('$n')} }`, { n: 100 })).toEqual([200, undefined])
  })

  const ids = (count: number) => Array.from({ length: count }, () => 'T3JkZXI6MQ')

  test.each<[string, string, Record<string, unknown>?]>([
    [
      '100 × 100 × 100',
      '{ orders(first: 100) { edges { node { invoices(first: 100) { edges { node { lineItems { id } } } } } } } }',
    ],
    [
      '100 × 100 × 100 by variables',
      'query ($n: Int) { orders(first: $n) { edges { node { invoices(first: $n) { edges { node { lineItems { id } } } } } } } }',
      { n: 100 },
    ],
    ['two deep pages of 100', `{ a: ${deepPage('100')} b: ${deepPage('100')} }`],
    [
      'bounded lists in circles',
      '{ orders(first: 1) { edges { node { lineItems { order { lineItems { order { lineItems { id } } } } } } } } }',
    ],
    [
      'many nodes',
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { invoices(first: 100) { edges { node { lineItems { id } } } } } } }',
      { ids: ids(100) },
    ],
    ['variants and their prices', '{ products(first: 100) { edges { node { variants { prices { id } } } } } }'],
  ])('%s does not', async (_what, document, variables) => {
    expect(await ask(document, variables)).toEqual([400, 'COST_LIMIT'])
  })

  test('a few nodes with all of theirs fit', async () => {
    const document =
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { invoices(first: 20) { edges { node { lineItems { id } } } } } } }'
    expect(await ask(document, { ids: ids(100) })).toEqual([200, undefined])
  })
})
