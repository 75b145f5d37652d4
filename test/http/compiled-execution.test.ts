import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CompiledExecution } from '../../src/graphql/compiled-execution.ts'
import { type PreparedOperation, prepareDocument } from '../../src/graphql/prepared-document.ts'
import { type BothResults, runBoth } from './both-engines.ts'
import { generatedDocument } from './generated-document.ts'
import { smallSchema } from './small-schema.ts'
import { noReads } from './test-gateway.ts'

const schema = smallSchema()
const context = () => ({ actor: { name: 'me' }, reads: noReads })

function expectSame(both: BothResults | undefined): void {
  expect(both?.compiled?.data).toBe(both?.graphql.data)
  expect(both?.compiled?.errors).toEqual(both?.graphql.errors)
}

test('generated documents give the same in both engines', async () => {
  let compiled = 0
  await fc.assert(
    fc.asyncProperty(generatedDocument(schema), async ({ text, variables }) => {
      const both = await runBoth(schema, text, variables, '', context)
      if (both?.compiled === undefined) return
      compiled += 1
      expectSame(both)
    }),
    { numRuns: 800 },
  )
  // The others are not valid, or never compiled.
  expect(compiled).toBeGreaterThan(250)
})

describe('by hand', () => {
  const conditional = `query ($a: Boolean! = true, $b: Boolean! = false) {
    ...F @skip(if: $a)
    ...F
    item(index: 1) @include(if: $a) { ...G }
    item(index: 1) { ...G }
    ... on Query @include(if: $b) { who }
  }
  fragment F on Query { hello }
  fragment G on Item { name index @skip(if: $b) }`

  test.each<[string, string, Record<string, unknown>?]>([
    ['what is absent stays absent', 'query ($t: String, $n: Int) { echo(text: $t, number: $n) }'],
    ['null stays null', 'query ($t: String, $n: Int) { echo(text: $t, number: $n) }', { t: null, n: null }],
    ['defaults of variables', 'query ($t: String = "x", $n: Int! = 3) { echo(text: $t, number: $n) }'],
    ['a default that is overruled by null', 'query ($t: String = "x") { echo(text: $t) }', { t: null }],
    ['null for an argument that must be', 'query ($n: Int = 3) { hello echo(must: $n) }', { n: null }],
    ['a default for an argument that must be', 'query ($n: Int) { echo(must: $n) }'],
    ['one for a list', 'query ($l: [Int]) { echo(list: $l) }', { l: 1 }],
    ['enum values inside', 'query ($c: Color) { echo(color: $c, input: { color: DARK_BLUE }) }', { c: 'NULLISH' }],
    [
      'a whole input',
      'query ($i: OrderInput) { echo(input: $i) }',
      { i: { lineItems: [{ quantity: 1 }], extra: { a: [null] } } },
    ],
    [
      'variables in an input that are there',
      'query ($q: Int!, $n: String) { echo(input: { lineItems: [{ quantity: $q, note: $n }] }) }',
      { q: 4, n: null },
    ],
    ['conditions and fragments', conditional],
    ['conditions the other way', conditional, { a: false, b: true }],
    ['everything left out', '{ item(index: 1) { name @skip(if: true) } }'],
    ['interfaces', '{ named { __typename name ... on Item { index } ... on Other { other item { name } } } }'],
    ['null on the way up', '{ item(index: 2) { name child { nothing } } named { ... on Other { item { nothing } } } }'],
    ['null to the root', '{ hello mustFail }'],
    ['errors in lists', '{ items(first: 3) { edges { cursor node { fails(what: "typed") mustFail } } } }'],
    ['a value that does not fit', '{ wrongInt }'],
    [
      'names like those of JavaScript',
      '{ constructor: hello data: hello toString: hello if: item(index: 3) { class: name } }',
    ],
    ['info', 'query Named($t: String = "x") { a: info(text: $t) info info }', {}],
  ])('%s', async (_name, text, variables) => {
    const both = await runBoth(schema, text, variables ?? {}, '', context)
    expect(both?.compiled).toBeDefined()
    expectSame(both)
  })

  test('the name says which operation runs', async () => {
    const text = 'query A { hello ...F } query B { who ...F } fragment F on Query { echo }'
    for (const name of ['A', 'B', 'A']) expectSame(await runBoth(schema, text, {}, name, context))
    const both = await runBoth(schema, text, {}, 'B', context)
    expect(both?.compiled?.data).toContain('"who":"me"')
  })
})

describe('what runs on graphql-js', () => {
  const never: [string, string, Record<string, unknown>?][] = [
    ['mutations', 'mutation { act }'],
    ['introspection', '{ __schema { queryType { name } } }'],
    ['introspection in a fragment', '{ ...F } fragment F on Query { __type(name: "Item") { name } }'],
    [
      'an absent variable in an input',
      'query ($n: String) { echo(input: { lineItems: [{ quantity: 1, note: $n }] }) }',
    ],
    ['an absent variable in a list', 'query ($n: Int) { echo(list: [1, $n]) }'],
    ['a null variable in an input that must be', 'query ($n: Int = 3) { echo(input: { size: $n }) }', { n: null }],
    ['a variable in JSON', 'query ($n: Int) { echo(json: { a: $n }) }', { n: 1 }],
    ['a condition that is null', 'query ($c: Boolean = true) { hello @include(if: $c) }', { c: null }],
    ['aliases that could be taken for paths', '{ a_b: item(index: 1) { name } a: item(index: 1) { b_name: name } }'],
  ]

  test.each(never)('%s', async (_name, text, variables) => {
    const both = await runBoth(schema, text, variables ?? {}, '', context)
    expect(both?.graphql.data).toBeDefined()
    expect(both?.compiled).toBeUndefined()
  })
})

describe('when', () => {
  const prepare = (text: string): PreparedOperation => {
    const prepared = prepareDocument(schema, text)
    const operation = 'errors' in prepared ? undefined : [...prepared.operations.values()][0]
    if (operation === undefined) throw new Error('not valid')
    return operation
  }

  test('from the second sighting on, each way of the conditions by itself', async () => {
    const compiled = new CompiledExecution(schema)
    const operation = prepare('query ($c: Boolean!) { hello @include(if: $c) who }')
    expect(compiled.execute(operation, context(), { c: true })).toBeUndefined()
    expect(await compiled.execute(operation, context(), { c: true })).toEqual({ data: { hello: 'world', who: 'me' } })
    expect(await compiled.execute(operation, context(), { c: false })).toEqual({
      data: { hello: undefined, who: 'me' },
    })
    expect(await compiled.execute(operation, context(), { c: true })).toEqual({ data: { hello: 'world', who: 'me' } })
  })

  test('only while there is time for it', () => {
    const compiled = new CompiledExecution(schema)
    const sightTwice = (i: number) => {
      const fields = Array.from({ length: 30 }, (_, n) => `f${i}x${n}: item(index: ${n}) { name child { name sum } }`)
      const operation = prepare(`{ ${fields.join(' ')} }`)
      compiled.execute(operation, context(), {})
      return compiled.execute(operation, context(), {})
    }
    // Half a second of compiling is saved up, and a tenth of the time is added.
    const deadline = performance.now() + 10_000
    let done = 0
    while (sightTwice(done) !== undefined && performance.now() < deadline) done += 1
    expect(done).toBeGreaterThan(3)
    expect(performance.now()).toBeLessThan(deadline)
  })
})
