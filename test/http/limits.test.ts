import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { post } from './post.ts'
import { connect, type SocketClient } from './socket-client.ts'
import { startTestGateway, type TestGateway } from './test-gateway.ts'

let gateway: TestGateway
let socket: SocketClient
beforeAll(async () => {
  gateway = await startTestGateway()
  socket = await connect(gateway)
})
afterAll(async () => {
  socket.socket.close()
  await gateway[Symbol.asyncDispose]()
})

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')
const deep = (levels: number) => `{ item(index: 1) ${'{ child '.repeat(levels - 2)}{ name }${' }'.repeat(levels - 2)} }`
const tokens = (count: number) => `{ echo(list: [${repeat(count - 9, () => '1')}]) }`
const nested = (levels: number) => `{ echo(json: ${'['.repeat(levels)}${']'.repeat(levels)}) }`
// 1 for the connection, and 2 for each item: edge and node. Scalars cost nothing.
const page = (first: string) => `items(first: ${first}) { edges { node { index name } } }`
const inner = (first: number) => `edges { node { items(first: ${first}) { edges { node { index } } } } }`

const under: [string, string, string, unknown?][] = [
  ['depth of 15', 'DEPTH_LIMIT', deep(15)],
  [
    'depth of 15 in fragments',
    'DEPTH_LIMIT',
    `{ item(index: 1) { ...F } } fragment F on Item ${deep(15).slice(17, -2)}`,
  ],
  ['30 aliases', 'ALIAS_LIMIT', `{ ${repeat(30, i => `a${i}: hello`)} }`],
  [
    '30 aliases in fragments',
    'ALIAS_LIMIT',
    `{ ...F item(index: 1) { x: name } } fragment F on Query { ${repeat(29, i => `a${i}: hello`)} }`,
  ],
  ['50 directives', 'DIRECTIVE_LIMIT', `{ ${repeat(50, () => 'hello @include(if: true)')} }`],
  ['2,000 tokens', 'TOKEN_LIMIT', tokens(2000)],
  ['a literal of 50 levels', 'DEPTH_LIMIT', nested(50)],
  ['a cost of 500,000', 'COST_LIMIT', `{ item(index: 1) { name } ${page('249999')} }`],
  ['a cost of 500,000 by a variable', 'COST_LIMIT', `query ($n: Int) { ${page('$n')} }`, { n: 249_999 }],
  ["a cost of 500,000 by a variable's default", 'COST_LIMIT', `query ($n: Int = 249999) { ${page('$n')} }`],
  ['100 lists of 20', 'COST_LIMIT', `{ items(first: 100) { ${inner(2490)} } }`],
]

const over: [string, string, string, unknown?][] = [
  ['depth of 16', 'DEPTH_LIMIT', deep(16)],
  [
    'depth of 16 in fragments',
    'DEPTH_LIMIT',
    `{ item(index: 1) { ...F } } fragment F on Item ${deep(16).slice(17, -2)}`,
  ],
  ['31 aliases', 'ALIAS_LIMIT', `{ ${repeat(31, i => `a${i}: hello`)} }`],
  [
    '32 aliases by a fragment spread twice',
    'ALIAS_LIMIT',
    `{ ...F ...F } fragment F on Query { ${repeat(16, i => `a${i}: hello`)} }`,
  ],
  ['51 directives', 'DIRECTIVE_LIMIT', `{ ${repeat(51, () => 'hello @include(if: true)')} }`],
  ['2,001 tokens', 'TOKEN_LIMIT', tokens(2001)],
  ['a literal of 51 levels', 'DEPTH_LIMIT', nested(51)],
  ['a variable of 52 levels', 'DEPTH_LIMIT', 'query ($j: JSON) { echo(json: $j) }', { j: nestedValue(52) }],
  ['a cost of 500,001', 'COST_LIMIT', `{ hello ${page('250000')} }`],
  ['a cost over 500,000 by a variable', 'COST_LIMIT', `query ($n: Int) { ${page('$n')} }`, { n: 250_000 }],
  ["a cost over 500,000 by a variable's default", 'COST_LIMIT', `query ($n: Int = 250000) { ${page('$n')} }`],
  [
    '100 lists in 100 lists in 100',
    'COST_LIMIT',
    `{ items(first: 100) { edges { node { items(first: 100) { ${inner(100)} } } } } }`,
  ],
  [
    '100 lists in 100 lists in 100, from the end',
    'COST_LIMIT',
    `{ items(last: 100) { edges { node { items(last: 100) { edges { node { items(last: 100) { edges { node { index } } } } } } } } } }`,
  ],
  [
    'three lists that say no size and one of 100',
    'COST_LIMIT',
    '{ items { edges { node { items { edges { node { items { edges { node { items(first: 100) { edges { node { index } } } } } } } } } } } } }',
  ],
  [
    'a fragment that is called like an introspection',
    'DEPTH_LIMIT',
    `{ ...__schema } fragment __schema on Query ${deep(16)}`,
  ],
  ['fragments that double', 'COST_LIMIT', doubling(25)],
]

function nestedValue(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels))
}

function doubling(levels: number): string {
  const fragments = repeat(levels, i => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)
  return `{ ...F0 } ${fragments} fragment F${levels} on Query { item(index: 1) { name } }`
}

describe('within the limits', () => {
  test.each(under)('%s over HTTP', async (_name, _code, query, variables) => {
    const answer = await post(gateway, query, variables)
    expect(answer.json.errors).toBeUndefined()
    expect(answer.status).toBe(200)
  })

  test.each(under)('%s over a WebSocket', async (_name, _code, query, variables) => {
    const [first, last] = await socket.run(query, variables)
    expect(first).toMatchObject({ type: 'next', payload: { data: {} } })
    expect(last.type).toBe('complete')
  })
})

describe('beyond the limits', () => {
  test.each(over)('%s over HTTP', async (_name, code, query, variables) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await post(gateway, query, variables, { accept })
      expect(answer.status).toBe(400)
      expect(answer.json.data).toBeUndefined()
      expect(answer.json.errors[0].extensions.code).toBe(code)
    }
  })

  test.each(over)('%s over a WebSocket', async (_name, code, query, variables) => {
    const [only, ...others] = await socket.run(query, variables)
    expect(only.type).toBe('error')
    expect(only.payload[0].extensions.code).toBe(code)
    expect(others).toEqual([])
  })
})

test('costs are remembered by the page size, and absent is not null', async () => {
  const query = `query ($n: Int = 250000) { ${page('$n')} }`
  expect((await post(gateway, query)).status).toBe(400)
  expect((await post(gateway, query, { n: null })).status).toBe(200)
  expect((await post(gateway, query, { n: 5 })).status).toBe(200)
  expect((await post(gateway, query)).status).toBe(400)
})

test('a page of none hides no other cost', async () => {
  const answer = await post(gateway, `{ none: items(first: 0) { ${inner(1_000_000)} } ${page('250000')} }`)
  expect(answer.json.errors[0].extensions.code).toBe('COST_LIMIT')
})

describe('introspection', () => {
  const whole = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  })

  test.each([
    ['as codegen sends it', getIntrospectionQuery()],
    ['with everything', whole],
    ['beside data', `query { hello __schema { types { name fields { name } } } }`],
    ['of one type', '{ __type(name: "Item") { fields { name type { name ofType { name } } } } }'],
  ])('%s passes over HTTP and WebSocket', async (_name, query) => {
    const answer = await post(gateway, query)
    expect(answer.status).toBe(200)
    expect(answer.json.errors).toBeUndefined()
    const [first] = await socket.run(query)
    expect(first.payload.data).toEqual(answer.json.data)
  })

  test('more than twice the whole schema is refused', async () => {
    const body = whole.slice(whole.indexOf('__schema'), whole.indexOf('fragment FullType')).replace(/}\s*$/, '')
    const rest = whole.slice(whole.indexOf('fragment FullType'))
    const ask = (names: string[]) => `query { ${names.map(name => `${name}: ${body}`).join(' ')} } ${rest}`
    expect((await post(gateway, ask(['a', 'b']))).status).toBe(200)
    const answer = await post(gateway, ask(['a', 'b', 'c']))
    expect(answer.status).toBe(400)
    expect(answer.json.errors[0].extensions.code).toBe('COST_LIMIT')
  })

  test('circles are refused', async () => {
    const circle = `{ __schema { types ${'{ fields { type '.repeat(4)} { name } ${'} }'.repeat(4)} } }`
    const answer = await post(gateway, circle, undefined, { accept: 'application/graphql-response+json' })
    expect(answer.status).toBe(400)
  })

  test('deep ofType is refused', async () => {
    const chain = (levels: number) =>
      `{ __schema { types { fields { type ${'{ ofType '.repeat(levels)} { name } ${'}'.repeat(levels)} } } } }`
    expect((await post(gateway, chain(14))).status).toBe(200)
    const answer = await post(gateway, chain(17))
    expect(answer.json.errors[0].extensions.code).toBe('DEPTH_LIMIT')
  })
})
