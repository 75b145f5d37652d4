import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codes, post } from './post.ts'
import { throwables } from './small-schema.ts'
import { connect } from './socket-client.ts'
import { startTestGateway, type TestGateway } from './test-gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const graphqlJson = { accept: 'application/graphql-response+json' }

describe('requests that are wrong', () => {
  test('syntax', async () => {
    const answer = await post(gateway, '{ hello', undefined, graphqlJson)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      errors: [
        {
          message: 'Syntax Error: Expected Name, found <EOF>.',
          locations: [{ line: 1, column: 8 }],
          extensions: { code: 'GRAPHQL_PARSE_FAILED' },
        },
      ],
    })
    expect((await post(gateway, '{ hello')).status).toBe(200)
  })

  test('names of the schema are not suggested', async () => {
    const answer = await post(
      gateway,
      '{ helo item(indx: 1) { nam } named { other } echo(color: REDD) }',
      undefined,
      graphqlJson,
    )
    expect(answer.status).toBe(400)
    expect(answer.text).not.toMatch(/Did you mean/)
    expect(answer.json.errors.map((error: { message: string }) => error.message)).toContain(
      'Cannot query field "helo" on type "Query".',
    )
    const variable = await post(gateway, 'query ($c: Color) { echo(color: $c) }', { c: 'REDD' })
    expect(variable.text).not.toMatch(/Did you mean/)
  })

  const input = 'query ($input: OrderInput) { echo(input: $input) }'
  test.each<[string, string, unknown, string[][]]>([
    ['a number for a decimal', 'query ($a: Decimal) { echo(amount: $a) }', { a: 12.5 }, [['a']]],
    ['an unknown enum value', 'query ($c: Color) { echo(color: $c) }', { c: 'GREEN' }, [['c']]],
    ['a missing variable', 'query ($n: Int!) { item(index: $n) { name } }', {}, [['n']]],
    ['a null variable', 'query ($n: Int!) { item(index: $n) { name } }', { n: null }, [['n']]],
    ['a missing member', input, { input: { lineItems: [{ amount: '1' }] } }, [['input', 'lineItems', '0', 'quantity']]],
    [
      'an unknown member',
      input,
      { input: { lineItems: [{ quantity: 1, price: 1 }] } },
      [['input', 'lineItems', '0', 'price']],
    ],
    ['a null member', input, { input: { size: null } }, [['input', 'size']]],
    ['no object', input, { input: 'x' }, [['input']]],
    [
      'several',
      input,
      { input: { lineItems: [{ quantity: 'x' }, { quantity: 1 }, { quantity: 1.5, color: 1 }] } },
      [
        ['input', 'lineItems', '0', 'quantity'],
        ['input', 'lineItems', '2', 'quantity'],
        ['input', 'lineItems', '2', 'color'],
      ],
    ],
    ['a number for a decimal, literally', '{ echo(amount: 12.5) }', {}, [['amount']]],
    ['an unknown enum value, literally', '{ echo(color: GREEN) }', {}, [['color']]],
    ['a missing argument', '{ item { name } }', {}, [['index']]],
    [
      'a missing member, literally',
      '{ echo(input: { lineItems: [{ quantity: 1 }, { amount: "1" }] }) }',
      {},
      [['input', 'lineItems', '1', 'quantity']],
    ],
    [
      'an unknown member, literally',
      '{ echo(input: { lineItems: { quantity: 1, price: 2 } }) }',
      {},
      [['input', 'lineItems', 'price']],
    ],
    [
      'a wrong member, literally',
      '{ echo(input: { lineItems: [{ quantity: "1" }] }) }',
      {},
      [['input', 'lineItems', '0', 'quantity']],
    ],
    ['a wrong default of a variable', 'query ($c: Color = GREEN) { echo(color: $c) }', {}, [['c']]],
    ['an integer that is too large', '{ echo(number: 2147483648) }', {}, [['number']]],
    ['an integer that is too large, in a variable', 'query ($n: Int) { echo(number: $n) }', { n: 2147483648 }, [['n']]],
    ['null where a variable may not be', 'query ($n: Int = 5) { echo(must: $n) }', { n: null }, [['must']]],
    ['a member __proto__', input, JSON.parse('{"input":{"__proto__":{"size":1}}}'), [['input', '__proto__']]],
    [
      'a member __proto__ of any JSON',
      'query ($j: JSON) { echo(json: $j) }',
      JSON.parse('{"j":[{"__proto__":{}}]}'),
      [['j', '0', '__proto__']],
    ],
  ])('%s', async (_name, query, variables, paths) => {
    for (let time = 0; time < 3; time += 1) {
      const answer = await post(gateway, query, variables, graphqlJson)
      expect(answer.json.errors.map((error: { extensions: { path: string[] } }) => error.extensions.path)).toEqual(
        paths,
      )
      expect(new Set(codes(answer))).toEqual(new Set(['BAD_USER_INPUT']))
      if (answer.json.data === undefined) expect(answer.status).toBe(400)
      else expect(answer.json.data).toEqual({ echo: null })
    }
  })

  test('members called constructor are refused or harmless', async () => {
    const unknown = await post(gateway, input, { input: { constructor: 1, toString: 2 } })
    expect(codes(unknown)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT'])
    const any = await post(gateway, 'query ($j: JSON) { constructor: echo(json: $j) }', {
      j: { constructor: { x: 1 } },
      constructor: 1,
    })
    expect(JSON.parse(any.json.data.constructor).json).toEqual({ constructor: { x: 1 } })
  })

  test('nothing is named __proto__', async () => {
    for (const query of ['{ __proto__: hello }', 'query ($__proto__: JSON = {a: 1}) { echo(json: $__proto__) }']) {
      const answer = await post(gateway, query, undefined, graphqlJson)
      expect([answer.status, codes(answer)]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED']])
    }
    expect((await post(gateway, '{ echo(text: "__proto__") }')).json.errors).toBeUndefined()
  })

  test('what is said of a large input is short', async () => {
    const lineItems = Array.from({ length: 200 }, () => ({ quantity: 'x'.repeat(300) }))
    const answer = await post(gateway, input, { input: { lineItems } })
    expect(answer.json.errors).toHaveLength(20)
    expect(answer.text.length).toBeLessThan(12_000)
  })
})

describe('what resolvers throw', () => {
  const masked = ['secret', 'untyped', 'wrapped', 'string', 'nothing', 'nullProto']

  test.each(masked)('%s is masked and logged', async what => {
    for (let time = 0; time < 3; time += 1) {
      gateway.lines.length = 0
      const id = `masked-${what}-${time}`
      const answer = await post(
        gateway,
        `query ($w: String) { hello fails(what: $w) }`,
        { w: what },
        { 'x-request-id': id },
      )
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({
        data: { hello: 'world', fails: null },
        errors: [
          {
            message: 'Internal server error',
            locations: [{ line: 1, column: 28 }],
            path: ['fails'],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: id },
          },
        ],
      })
      const logged = gateway.lines.filter(line => line.msg === 'unexpected error')
      expect(logged).toHaveLength(1)
      expect(logged[0]).toMatchObject({ level: 50, requestId: id })
      if (what === 'secret') expect(JSON.stringify(logged[0])).toContain('hunter2')
    }
  })

  test('a value that does not fit its type is masked', async () => {
    for (let time = 0; time < 3; time += 1) {
      const answer = await post(gateway, '{ wrongInt }')
      expect(answer.text).not.toContain('hunter2')
      expect(codes(answer)).toEqual(['INTERNAL_SERVER_ERROR'])
    }
  })

  test('errors with a code pass as they are, null going up to where it may stand', async () => {
    for (let time = 0; time < 3; time += 1) {
      const answer = await post(gateway, '{ hello item(index: 1) { name mustFail(what: "typed", late: true) } }')
      expect(answer.json).toEqual({
        data: { hello: 'world', item: null },
        errors: [
          {
            message: 'No such thing.',
            locations: [{ line: 1, column: 31 }],
            path: ['item', 'mustFail'],
            extensions: { code: 'FORBIDDEN', scope: 'x' },
          },
        ],
      })
    }
  })

  test('a statement that takes too long', async () => {
    const answer = await post(gateway, '{ fails(what: "timeout") }')
    expect(answer.status).toBe(200)
    expect(answer.json.errors[0]).toMatchObject({
      message: 'The request took too long.',
      extensions: { code: 'TIMEOUT' },
    })
    expect(answer.text).not.toContain('hunter2')
  })

  test('nothing of an error is ever shown, over any transport', async () => {
    const socket = await connect(gateway)
    let made: Error = new Error('x')
    throwables.made = () => made
    const error = fc.record(
      {
        name: fc.string(),
        stack: fc.string(),
        code: fc.constantFrom('23505', '40001', 'ENOENT', 'FORBIDDEN'),
        detail: fc.constant('Key (email)=(tip-tilt@x.yz)'),
        extensions: fc.constant({ code: 'tip-tilt', secret: 'tip-tilt' }),
        table: fc.constant('tip-tilt'),
        http: fc.constant({ status: 200 }),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(error, fc.string(), fc.boolean(), async (members, message, late) => {
        made = Object.assign(new Error(`tip-tilt ${message}`), members)
        const query = `query ($late: Boolean) { fails(what: "made", late: $late) ok: hello }`
        const answer = await post(gateway, query, { late })
        expect(answer.text).not.toContain('tip-tilt')
        expect(answer.status).toBe(200)
        const [{ payload }] = await socket.run(query, { late })
        expect(JSON.stringify(payload)).not.toContain('tip-tilt')
        expect(payload.errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR')
      }),
      { numRuns: 50 },
    )
    socket.socket.close()
  })
})
