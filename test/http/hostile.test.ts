import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heldMegabytes } from './held-megabytes.ts'
import { codes, post, send } from './post.ts'
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

const many = 20_000
const deepJson = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

const documents: [string, string][] = [
  ['a selection', `${'{a'.repeat(many)}${'}'.repeat(many)}`],
  ['inline fragments', `${'{...'.repeat(many)}{hello}${'}'.repeat(many)}`],
  ['a list', `{ echo(json: ${deepJson(many)}) }`],
  ['an object', `{ echo(json: ${'{a:'.repeat(many)}1${'}'.repeat(many)}) }`],
  ['a list type', `query ($a: ${'['.repeat(many)}Int${']'.repeat(many)}) { hello }`],
  ['a selection of 990', `${'{child'.repeat(990)}${'}'.repeat(990)}`],
  ['a list of 1,900', `{ echo(json: ${deepJson(950)}) }`],
  ['a type of 900', `query ($a: ${'['.repeat(900)}Int${']'.repeat(900)}) { echo(json: $a) }`],
  ['equal fields', `{ ${'hello '.repeat(many)} }`],
  ['1,990 equal fields', `{ ${'hello '.repeat(1990)} }`],
  ['fields that differ', `{ ${Array.from({ length: 190 }, (_, i) => `item(index: ${i}) { name }`).join(' ')} }`],
  [
    'a chain of fragments',
    `{ ...F0 } ${Array.from({ length: 240 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} }`).join(' ')} fragment F240 on Query { nope }`,
  ],
  ['a circle of fragments', 'query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
  ['a fragment in itself', '{ item(index: 1) { ...A } } fragment A on Item { child { ...A } }'],
  ['many errors', `{ ${Array.from({ length: 900 }, (_, i) => `nope${i}`).join(' ')} }`],
  ['many names that are nearly right', `{ ${Array.from({ length: 900 }, (_, i) => `helo${i}`).join(' ')} }`],
  ['128 KiB of comment', `{ hello nope } # ${'x'.repeat(130_000)}`],
  ['128 KiB of one string', `{ nope(a: "${'x'.repeat(130_000)}") }`],
  ['a byte order mark and NUL', '\uFEFF{ hello \u0000 }'],
]

describe('documents', () => {
  test.each(documents)('%s: refused at once', async (_name, query) => {
    const started = process.cpuUsage()
    const answer = await post(gateway, query, undefined, { accept: 'application/graphql-response+json' })
    const used = process.cpuUsage(started)
    expect(answer.status).toBe(400)
    expect(answer.json.data).toBeUndefined()
    expect(codes(answer)[0]).toMatch(/_LIMIT$|^GRAPHQL_(PARSE|VALIDATION)_FAILED$/)
    // Client and server share the process here; alone the gateway takes less than 20 ms for each, on a machine that is busy
    // with other things several times that. Without the limits it would be seconds, or the end.
    expect((used.user + used.system) / 1000).toBeLessThan(1_000)
    expect((await post(gateway, '{ hello }')).status).toBe(200)
  })

  test.each(documents.filter(([, query]) => query.length < 60_000))(
    '%s: refused over a WebSocket',
    async (_name, query) => {
      const [only] = await socket.run(query)
      expect(only.type).toBe('error')
      expect(only.payload[0].extensions.code).toMatch(/_LIMIT$|^GRAPHQL_(PARSE|VALIDATION)_FAILED$/)
    },
  )
})

describe('documents that are allowed and dear to check', () => {
  test.each([
    ['inline fragments of 660', `${'{...'.repeat(660)}{hello}${'}'.repeat(660)}`],
    ['equal objects', `{ ${'item(index:1){child{child{name}}} '.repeat(130)} }`],
    ['equal deep objects', `{ ${'item(index:1){child{child{child{child{child{child{name}}}}}}} '.repeat(73)} }`],
  ])('%s', async (_name, query) => {
    const started = process.cpuUsage()
    const answer = await post(gateway, query)
    const used = process.cpuUsage(started)
    expect(answer.json.errors).toBeUndefined()
    // About 100 ms by itself.
    expect((used.user + used.system) / 1000).toBeLessThan(2_000)
  })
})

describe('values', () => {
  const withVariables = (json: string) => `{"query":"query ($j: JSON) { echo(json: $j) }","variables":{"j":${json}}}`

  test.each([
    ['a list of 20,000 levels', withVariables(deepJson(many))],
    ['an object of 20,000 levels', withVariables(`${'{"a":'.repeat(many)}1${'}'.repeat(many)}`)],
    ['a list of 60,000 levels', withVariables(deepJson(60_000))],
  ])('%s over HTTP', async (_name, body) => {
    const answer = await send(gateway, { body, headers: { accept: 'application/graphql-response+json' } })
    expect([answer.status, codes(answer)]).toEqual([400, ['DEPTH_LIMIT']])
  })

  test('deep extensions, which nobody reads', async () => {
    const answer = await send(gateway, { body: `{"query":"{ hello }","extensions":{"a":${deepJson(many)}}}` })
    expect(answer.status).toBe(200)
  })

  test('deep values over a WebSocket', async () => {
    socket.send(`{"id":"deep","type":"subscribe","payload":${withVariables(deepJson(many))}}`)
    expect(await socket.next()).toMatchObject({
      id: 'deep',
      type: 'error',
      payload: [{ extensions: { code: 'DEPTH_LIMIT' } }],
    })
  })

  test('a deep ping closes its socket at most', async () => {
    const other = await connect(gateway)
    other.send(`{"type":"ping","payload":{"a":${deepJson(30_000)}}}`)
    const first = await Promise.race([other.next(), other.closed])
    expect(first.type === 'pong' || first.code === 4500).toBe(true)
    other.socket.close()
    expect((await post(gateway, '{ hello }')).status).toBe(200)
  })

  test('nothing that was sent has changed any prototype', () => {
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

test('documents by the thousand leave little behind', async () => {
  const heldBefore = heldMegabytes()
  const padding = `# ${'x'.repeat(20_000)}`
  for (let i = 0; i < 1_000; i += 1) await post(gateway, `{ hello echo(number: ${i}) } ${padding}`)
  expect(heldMegabytes() - heldBefore).toBeLessThan(15)
})
