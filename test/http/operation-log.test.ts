import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { countStatement } from '../../src/database/statement-count.ts'
import { post } from './post.ts'
import { smallSchema } from './small-schema.ts'
import { connect } from './socket-client.ts'
import { secret, startTestGateway, type TestGateway } from './test-gateway.ts'
import { until } from './until.ts'

let gateway: TestGateway
beforeAll(async () => {
  const schema = smallSchema()
  const hello = schema.getQueryType()?.getFields().hello
  if (hello === undefined) throw new Error('no field hello')
  hello.resolve = async () => {
    countStatement('select 1')
    await new Promise(setImmediate)
    countStatement('select 2')
    return 'world'
  }
  gateway = await startTestGateway({ schema })
})
afterAll(() => gateway[Symbol.asyncDispose]())
beforeEach(() => {
  gateway.lines.length = 0
})

const info = () => gateway.lines.filter(line => line.level === 30)
const actor = { workspace: 'test', keyId: secret, keyName: `key ${secret}` }

test('one line for each operation over HTTP', async () => {
  await Promise.all(
    Array.from({ length: 5 }, (_, i) => post(gateway, 'query Greet { hello }', undefined, { 'x-request-id': `r${i}` })),
  )
  expect(info()).toHaveLength(5)
  for (const line of info()) {
    expect(line).toMatchObject({
      ...actor,
      component: 'http',
      msg: 'operation',
      requestId: expect.stringMatching(/^r\d$/),
      transport: 'http',
      client: '127.0.0.1',
      operation: 'Greet',
      type: 'query',
      statements: 2,
      status: 200,
      durationMs: expect.any(Number),
    })
    expect(line.errorCodes).toBeUndefined()
  }
})

test('errors are named, nothing of keys or variables is', async () => {
  await post(gateway, 'query Bad($c: Color) { echo(color: $c) }', { c: 'hunter2' })
  await post(gateway, 'query Partial($t: String) { echo(text: $t) fails(what: "typed") mustFail(what: "typed") }', {
    t: 'hunter2',
  })
  expect(info()).toMatchObject([
    { status: 200, errorCodes: ['BAD_USER_INPUT'] },
    { operation: 'Partial', type: 'query', status: 200, errorCodes: ['FORBIDDEN'] },
  ])
  expect(JSON.stringify(gateway.lines)).not.toMatch(/hunter2|Bearer/)
})

test('a request without a key is no operation', async () => {
  await post(gateway, '{ hello }', undefined, { authorization: undefined })
  expect(info()).toEqual([])
  expect(gateway.lines).toMatchObject([
    { level: 20, msg: 'request refused', status: 401, errorCodes: ['UNAUTHENTICATED'] },
  ])
})

test('over a WebSocket, a subscription at its start and at its end', async () => {
  const client = await connect(gateway)
  await client.run('query Greet { hello }')
  await client.run('mutation Act { act }')
  await client.run('subscription Ticks { tick(length: 3) { index } }')
  await client.run('subscription Broken { tick(failAt: 2) { index } }')
  await client.run('{ nope }')
  client.send({
    id: 'left',
    type: 'subscribe',
    payload: { query: 'subscription Left { tick(length: 9, everyMs: 60000) { index } }' },
  })
  await until(() => info().some(line => line.operation === 'Left'))
  client.socket.terminate()
  await until(() => info().some(line => line.operation === 'Left' && line.msg === 'subscription ended'))
  expect(
    info().map(({ msg, operation, type, results, errorCodes, statements, transport, keyId }) => ({
      msg,
      operation,
      type,
      results,
      errorCodes,
      statements,
      transport,
      keyId,
    })),
  ).toEqual(
    [
      { msg: 'operation', operation: 'Greet', type: 'query', statements: 2 },
      { msg: 'operation', operation: 'Act', type: 'mutation', statements: 0 },
      { msg: 'subscription started', operation: 'Ticks', type: 'subscription', statements: 0 },
      { msg: 'subscription ended', operation: 'Ticks', type: 'subscription', statements: 0, results: 3 },
      { msg: 'subscription started', operation: 'Broken', type: 'subscription', statements: 0 },
      { msg: 'subscription ended', operation: 'Broken', type: 'subscription', statements: 0, results: 1 },
      { msg: 'operation', statements: 0, errorCodes: ['GRAPHQL_VALIDATION_FAILED'] },
      { msg: 'subscription started', operation: 'Left', type: 'subscription', statements: 0 },
      { msg: 'subscription ended', operation: 'Left', type: 'subscription', statements: 0, results: 0 },
    ].map(line => ({
      results: undefined,
      errorCodes: undefined,
      operation: undefined,
      type: undefined,
      transport: 'websocket',
      keyId: secret,
      ...line,
    })),
  )
})

test('an event stream has the same two lines', async () => {
  await post(gateway, 'subscription Ticks { tick(length: 2) { index } }', undefined, { accept: 'text/event-stream' })
  await until(() => info().length === 2)
  expect(info()).toMatchObject([
    { msg: 'subscription started', transport: 'sse', operation: 'Ticks' },
    { msg: 'subscription ended', transport: 'sse', operation: 'Ticks', results: 2 },
  ])
})
