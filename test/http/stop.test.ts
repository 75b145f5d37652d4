import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { post, send } from './post.ts'
import { release, streams, waitingQueries } from './small-schema.ts'
import { connect, openSocket } from './socket-client.ts'
import { secret, startTestGateway } from './test-gateway.ts'
import { until } from './until.ts'

afterEach(release)

const isDone = (promise: PromiseLike<unknown>) =>
  Promise.race([promise.then(() => true), new Promise(resolve => setTimeout(resolve, 20, false))])

test('what is in flight is finished, sockets and streams are closed, nothing new is taken', async () => {
  const gateway = await startTestGateway({}, { stopMs: 60_000 })
  const client = await connect(gateway)
  const strangers = await openSocket(gateway)
  const before = streams.open
  const quiet = 'subscription { tick(length: 9, everyMs: 60000) { index } }'
  client.send({ id: 's', type: 'subscribe', payload: { query: quiet } })
  const stream = post(gateway, quiet, undefined, { accept: 'text/event-stream' })
  await until(() => streams.open === before + 2)
  const waiting = post(gateway, '{ wait }')
  const overSocket = client.run('{ wait }')
  await until(() => waitingQueries() === 2)

  const stopping = gateway.server[Symbol.asyncDispose]()
  expect((await strangers.closed).code).toBe(1001)
  expect((await stream).text).not.toContain('event: next')
  expect(await isDone(client.closed)).toBe(false)
  await expect(post(gateway, '{ hello }')).rejects.toThrow('ECONNREFUSED')
  const [late] = await client.run('{ hello }')
  expect(late).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'GOING_AWAY' } }] })
  expect(await isDone(stopping)).toBe(false)

  release()
  expect((await waiting).json).toEqual({ data: { wait: 'waited' } })
  expect((await overSocket)[0].payload).toEqual({ data: { wait: 'waited' } })
  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' })
  await stopping
  expect(streams.open).toBe(before)
})

test('what does not end is cut off', async () => {
  const gateway = await startTestGateway({}, { stopMs: 200 })
  const client = await connect(gateway)
  client.send({ id: '1', type: 'subscribe', payload: { query: '{ wait }' } })
  const waiting = post(gateway, '{ wait }').then(
    () => 'answered',
    () => 'cut off',
  )
  await until(() => waitingQueries() === 2)
  // Neither would ever end by itself.
  await gateway.server[Symbol.asyncDispose]()
  expect(await waiting).toBe('cut off')
  expect((await client.closed).code).toBe(1006)
})

test('connections that are kept for later do not hold it up, and it is not ready any more', async () => {
  // Whatever holds it up does so for longer than a test may take.
  const gateway = await startTestGateway({}, { stopMs: 600_000 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (path: string, body?: string) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const outgoing = request(gateway.url + path, { method: body ? 'POST' : 'GET', agent, headers })
    outgoing.end(body)
    const [response] = await once(outgoing, 'response')
    response.resume()
    await once(response, 'end')
    return response
  }
  expect((await ask('/graphql', '{"query":"{ hello }"}')).statusCode).toBe(200)
  const waiting = ask('/graphql', '{"query":"{ wait }"}')
  const other = await send(gateway, { body: '{"query":"{ hello }"}' })
  expect(other.status).toBe(200)
  await until(() => waitingQueries() === 1)
  const stopping = gateway.server[Symbol.asyncDispose]()
  release()
  await waiting
  await stopping
  // A second order to stop is none.
  await gateway.server[Symbol.asyncDispose]()
  agent.destroy()
})
