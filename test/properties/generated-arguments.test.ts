import fc from 'fast-check'
import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { type Known, Values } from './generated-values.ts'
import { stockShop } from './stocked-shop.ts'

let gateway: Gateway
let shop: Shop
let known: Known
let values: Values

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  known = await stockShop(shop)
  values = new Values(known)
})
afterAll(() => gateway[Symbol.asyncDispose]())

// Every field that takes arguments: those of Query, and those of the objects that `node` finds.
const objects = Object.values(schema.getTypeMap()).filter(isObjectType)
const nodes = objects.filter(type => type.getInterfaces().some(({ name }) => name === 'Node'))
const places = [schema.getQueryType(), ...nodes].flatMap(type =>
  Object.values(type?.getFields() ?? {})
    .filter(field => field.args.length > 0)
    .map(field => [`${type?.name}.${field.name}`, type?.name ?? '', field] as const),
)

// A page of billions costs too much before anybody looks at it.
const refusals = ['BAD_USER_INPUT', 'BAD_CURSOR', 'COST_LIMIT']

function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  if (!isObjectType(named) && !isInterfaceType(named)) return '{ __typename }'
  const fields = named.getFields()
  if (!isCompositeType(named) || fields.edges === undefined) return '{ __typename }'
  return '{ totalCount edges { cursor node { __typename } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }'
}

function documentOf(parent: string, field: GraphQLField<unknown, unknown>): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${type}`)
  const given = field.args.map(({ name }) => `${name}: $${name}`)
  const asked = `${field.name}(${given.join(', ')}) ${selection(field.type)}`
  if (parent === 'Query') return `query (${declared.join(', ')}) { ${asked} }`
  return `query ($parent: ID!, ${declared.join(', ')}) { node(id: $parent) { ... on ${parent} { ${asked} } } }`
}

// Mostly what a client means: the arguments that go together, or one of those that exclude each other.
function combinations(field: GraphQLField<unknown, unknown>): fc.Arbitrary<string[]> {
  const names = field.args.map(({ name }) => name)
  const paging = ['first', 'after', 'last', 'before'].filter(name => names.includes(name))
  const others = names.filter(name => !paging.includes(name))
  if (paging.length === 0)
    return fc.oneof(
      fc.constantFrom(...names).map(name => [name]),
      fc.subarray(names),
    )
  const forward = [['first'], ['last'], ['first', 'after'], ['last', 'before'], []]
  const pages = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...forward) }, fc.subarray(paging))
  return fc.tuple(fc.subarray(others), pages).map(([some, page]) => [...some, ...page])
}

test.each(places)('%s answers or refuses whatever comes', async (_, parent, field) => {
  const document = documentOf(parent, field)
  const types = new Map(field.args.map(({ name, type }) => [name, type]))
  const variables = combinations(field).chain(names =>
    fc.record(
      Object.fromEntries(
        names.flatMap(name => {
          const type = types.get(name)
          return type === undefined ? [] : [[name, values.of(type, field.name, name)] as const]
        }),
      ),
    ),
  )
  const parents = known.ids[parent] ?? ['']
  let answered = 0
  await fc.assert(
    fc.asyncProperty(variables, fc.constantFrom(...parents), async (given, parentId) => {
      const { status, body } = await graphql(gateway.url, shop.key, document, { ...given, parent: parentId })
      const codes = body.errors?.map(error => error.extensions?.code) ?? []
      expect([status < 500, codes.filter(code => !refusals.includes(String(code)))]).toEqual([true, []])
      if (body.errors === undefined) answered += 1
    }),
    { numRuns: 80 },
  )
  if (parents[0] !== '') expect(answered).toBeGreaterThanOrEqual(5)
})
