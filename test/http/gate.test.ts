import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseOverloaded } from '../../src/database/shared-connections.ts'
import { codes, post, type Sent, send } from './post.ts'
import { effects, throwables } from './small-schema.ts'
import { secret, startTestGateway, type TestGateway } from './test-gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const hello = JSON.stringify({ query: '{ hello }' })
const mutation = 'mutation Act { act }'
const url = (params: Record<string, string>) => `/graphql?${new URLSearchParams(params)}`

describe('what passes', () => {
  test.each<[string, Sent]>([
    ['a post', { body: hello }],
    ['utf-8 by name', { body: hello, headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['utf-8 quoted and shouted', { body: hello, headers: { 'content-type': 'Application/JSON;charset="UTF-8"' } }],
    ['a get', { method: 'GET', path: url({ query: '{ hello }' }), headers: { 'content-type': undefined } }],
    ['a scheme in small letters', { body: hello, headers: { authorization: `bearer ${secret}` } }],
    ['an unknown but decent header', { body: hello, headers: { 'x-anything': 'yes' } }],
  ])('%s', async (_name, sent) => {
    const answer = await send(gateway, sent)
    expect(answer.json).toEqual({ data: { hello: 'world' } })
    expect(answer.status).toBe(200)
  })

  test('a get with variables and a name', async () => {
    const query = 'query A { hello } query B($n: Int) { echo(number: $n) }'
    const path = url({ query, operationName: 'B', variables: '{"n":4}' })
    const answer = await send(gateway, { method: 'GET', path })
    expect(JSON.parse(answer.json.data.echo)).toMatchObject({ number: 4 })
  })

  test('128 KiB of body, also in chunks', async () => {
    const body = hello.padEnd(128 * 1024, ' ')
    expect((await send(gateway, { body })).status).toBe(200)
    expect((await send(gateway, { body, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(200)
  })
})

describe('what is refused before GraphQL', () => {
  const multipart = '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ hello }"}\r\n--x--\r\n'
  const gzip = { 'content-encoding': 'gzip' }
  test.each<[string, number, string, Sent]>([
    ['put', 405, 'METHOD_NOT_ALLOWED', { method: 'PUT', body: hello }],
    ['delete', 405, 'METHOD_NOT_ALLOWED', { method: 'DELETE' }],
    ['options', 405, 'METHOD_NOT_ALLOWED', { method: 'OPTIONS' }],
    ['plain text', 415, 'UNSUPPORTED_MEDIA_TYPE', { body: hello, headers: { 'content-type': 'text/plain' } }],
    ['no type', 415, 'UNSUPPORTED_MEDIA_TYPE', { body: hello, headers: { 'content-type': undefined } }],
    [
      'the old type',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { body: '{ hello }', headers: { 'content-type': 'application/graphql' } },
    ],
    [
      'another charset',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { body: hello, headers: { 'content-type': 'application/json; charset=utf-16' } },
    ],
    [
      'two types',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { body: hello, headers: { 'content-type': 'application/json, text/plain' } },
    ],
    [
      'a form',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      {
        body: `query=${encodeURIComponent(mutation)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    [
      'multipart',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { body: multipart, headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    ],
    ['gzip', 415, 'UNSUPPORTED_MEDIA_TYPE', { body: gzipSync(hello), headers: gzip }],
    ['no key', 401, 'UNAUTHENTICATED', { body: hello, headers: { authorization: undefined } }],
    ['an unknown key', 401, 'UNAUTHENTICATED', { body: hello, headers: { authorization: 'Bearer nobody' } }],
    ['basic', 401, 'UNAUTHENTICATED', { body: hello, headers: { authorization: `Basic ${secret}` } }],
    ['the key alone', 401, 'UNAUTHENTICATED', { body: hello, headers: { authorization: secret } }],
    ['two keys', 401, 'UNAUTHENTICATED', { body: hello, headers: { authorization: `Bearer ${secret} ${secret}` } }],
    [
      'a key in the query string',
      401,
      'UNAUTHENTICATED',
      {
        method: 'GET',
        path: url({ query: '{ hello }', authorization: `Bearer ${secret}`, key: secret }),
        headers: { authorization: undefined },
      },
    ],
    [
      'a key in a cookie',
      401,
      'UNAUTHENTICATED',
      { body: hello, headers: { authorization: undefined, cookie: `authorization=Bearer ${secret}` } },
    ],
    ['no JSON', 400, 'BAD_REQUEST', { body: '{"query":' }],
    ['an empty body', 400, 'BAD_REQUEST', { body: '' }],
    ['bytes that are not UTF-8', 400, 'BAD_REQUEST', { body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }],
    ['a number', 400, 'BAD_REQUEST', { body: '5' }],
    ['null', 400, 'BAD_REQUEST', { body: 'null' }],
    ['a batch', 400, 'BAD_REQUEST', { body: `[${hello},${hello}]` }],
    ['an empty batch', 400, 'BAD_REQUEST', { body: '[]' }],
    ['no query', 400, 'BAD_REQUEST', { body: '{}' }],
    ['a query that is no text', 400, 'BAD_REQUEST', { body: '{"query":5}' }],
    ['an unknown parameter', 400, 'BAD_REQUEST', { body: '{"query":"{ hello }","other":1}' }],
    ['a parameter __proto__', 400, 'BAD_REQUEST', { body: '{"query":"{ hello }","__proto__":{"x":1}}' }],
    [
      'variables in a get that are not JSON',
      400,
      'BAD_REQUEST',
      { method: 'GET', path: url({ query: '{ hello }', variables: '{' }) },
    ],
    ['a mutation in a get', 405, 'METHOD_NOT_ALLOWED', { method: 'GET', path: url({ query: mutation }) }],
    [
      'a mutation in a get behind a name',
      405,
      'METHOD_NOT_ALLOWED',
      { method: 'GET', path: url({ query: `query Q { hello } ${mutation}`, operationName: 'Act' }) },
    ],
    ['a subscription without a stream', 406, 'NOT_ACCEPTABLE', { body: '{"query":"subscription { tick { index } }"}' }],
    [
      'a name that does not exist',
      400,
      'OPERATION_RESOLUTION_FAILURE',
      {
        body: '{"query":"query A { hello }","operationName":"B"}',
        headers: { accept: 'application/graphql-response+json' },
      },
    ],
    [
      'no name where one is needed',
      400,
      'OPERATION_RESOLUTION_FAILURE',
      {
        body: '{"query":"query A { hello } query B { hello }"}',
        headers: { accept: 'application/graphql-response+json' },
      },
    ],
  ])('%s', async (_name, status, code, sent) => {
    const before = effects.count
    const answer = await send(gateway, sent)
    expect(answer.status).toBe(status)
    expect(codes(answer)).toEqual([code])
    expect(answer.json.data).toBeUndefined()
    expect(effects.count).toBe(before)
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    if (code === 'METHOD_NOT_ALLOWED') expect(answer.headers.allow).toContain('POST')
  })

  test('a get runs what its name says, not what comes first', async () => {
    const before = effects.count
    const query = `${mutation} query Q { hello }`
    const answer = await send(gateway, { method: 'GET', path: url({ query, operationName: 'Q' }) })
    expect(answer.json).toEqual({ data: { hello: 'world' } })
    // Once more: from the second time on queries run compiled.
    const again = await send(gateway, { method: 'GET', path: url({ query, operationName: 'Act' }) })
    expect(again.status).toBe(405)
    const third = await send(gateway, { method: 'GET', path: url({ query, operationName: 'Q' }) })
    expect(third.json).toEqual({ data: { hello: 'world' } })
    expect(effects.count).toBe(before)
    const posted = await send(gateway, { body: JSON.stringify({ query, operationName: 'Act' }) })
    expect(posted.json).toEqual({ data: { act: before + 1 } })
  })

  test('there is nothing else', async () => {
    for (const path of ['/', '/graphql/', '/graphiql', '/health', '/graphqlx', '/graphql/health']) {
      expect((await send(gateway, { path, body: hello })).status).toBe(404)
    }
    const query = '{ hello } # /health'
    expect(
      (
        await send(gateway, {
          method: 'GET',
          path: `/graphql?query=${encodeURIComponent(query).replaceAll('%2F', '/')}`,
        })
      ).json,
    ).toEqual({ data: { hello: 'world' } })
  })
})

describe('bodies that are too large', () => {
  const large = Buffer.alloc(5 * 1024 * 1024, ' ')

  test('5 MB', async () => {
    const answer = await send(gateway, { body: large })
    expect(answer.status).toBe(413)
    expect(codes(answer)).toEqual(['BODY_TOO_LARGE'])
  })

  test('one byte too many', async () => {
    const body = hello.padEnd(128 * 1024 + 1, ' ')
    expect((await send(gateway, { body })).status).toBe(413)
    expect((await send(gateway, { body, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413)
  })

  test('the length alone is enough, and the connection ends', async () => {
    const socket = connectTcp(Number(new URL(gateway.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n`
    socket.write(head)
    // Nothing of the body was sent.
    const [data] = await once(socket, 'data')
    expect(String(data)).toMatch(/^HTTP\/1\.1 413 /)
    await once(socket, 'close')
  })

  test('chunks without end are answered at the limit', async () => {
    const outgoing = request(`${gateway.url}/graphql`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      },
    })
    outgoing.on('error', () => {})
    outgoing.write(large.subarray(0, 130 * 1024))
    const [response] = await once(outgoing, 'response')
    expect(response.statusCode).toBe(413)
    outgoing.destroy()
  })

  test('a body that is broken off leaves nothing behind', async () => {
    const outgoing = request(`${gateway.url}/graphql`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'content-length': '1000' },
    })
    outgoing.on('error', () => {})
    outgoing.write('{"query"')
    await new Promise(resolve => setTimeout(resolve, 30))
    outgoing.destroy()
    expect((await post(gateway, '{ hello }')).status).toBe(200)
  })
})

describe('request ids', () => {
  test.each([
    ['abc-1._Z', 'abc-1._Z'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), undefined],
    ['a b', undefined],
    ['<script>', undefined],
    ['', undefined],
  ])('%j', async (given, expected) => {
    const answer = await post(gateway, '{ hello }', undefined, { 'x-request-id': given })
    const id = answer.headers['x-request-id']
    if (expected === undefined) expect(id).toMatch(/^[0-9a-f-]{36}$/)
    else expect(id).toBe(expected)
  })

  test('refusals have one too', async () => {
    const answer = await send(gateway, { method: 'PUT', headers: { 'x-request-id': 'mine' } })
    expect(answer.headers['x-request-id']).toBe('mine')
  })
})

describe('overload', () => {
  test('a full queue', async () => {
    gateway.behaviour.assertRoom = () => {
      throw new DatabaseOverloaded('full')
    }
    const answer = await post(gateway, '{ hello }')
    gateway.behaviour.assertRoom = () => {}
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('1')
    expect(codes(answer)).toEqual(['OVERLOADED'])
  })

  test('a resolver that finds no room', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await post(gateway, '{ hello fails(what: "overloaded") }', undefined, { accept })
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toBe('1')
      expect(answer.json.data).toEqual({ hello: 'world', fails: null })
      expect(codes(answer)).toEqual(['OVERLOADED'])
      expect(answer.json.errors[0].message).toBe('The gateway is overloaded. Try again soon.')
    }
  })

  test.each(['away', 'cut'])('a resolver whose database is %s', async what => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await post(gateway, `{ hello fails(what: "${what}") }`, undefined, { accept })
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toBe('1')
      expect(answer.json.data).toEqual({ hello: 'world', fails: null })
      expect(codes(answer)).toEqual(['SERVICE_UNAVAILABLE'])
      expect(answer.text).not.toContain('hunter2')
    }
  })

  test('keys that cannot be looked up', async () => {
    gateway.behaviour.authenticate = () => {
      throw throwables.away?.()
    }
    const answer = await post(gateway, '{ hello }')
    gateway.behaviour.authenticate = () => {}
    expect(answer.status).toBe(503)
    expect(codes(answer)).toEqual(['SERVICE_UNAVAILABLE'])
    expect(answer.text).not.toContain('hunter2')
    expect(answer.headers['retry-after']).toBe('1')
  })

  test('anything unforeseen', async () => {
    gateway.behaviour.assertRoom = () => {
      throw new Error('hunter2')
    }
    const answer = await post(gateway, '{ hello }')
    gateway.behaviour.assertRoom = () => {}
    expect(answer.status).toBe(500)
    expect(answer.json).toEqual({
      errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    })
  })
})

describe('the page for people', () => {
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', authorization: undefined }

  test('is shown without a key where there is one', async () => {
    await using withPage = await startTestGateway({
      explorer: (_request, response) => void response.setHeader('content-type', 'text/html').end('<p>page</p>'),
    })
    const answer = await send(withPage, { method: 'GET', headers: html })
    expect([answer.status, answer.text]).toEqual([200, '<p>page</p>'])
    expect((await send(withPage, { body: hello, headers: html })).status).toBe(401)
    expect((await send(withPage, { body: hello })).json).toEqual({ data: { hello: 'world' } })
  })

  test('is a request like any other where there is none', async () => {
    expect((await send(gateway, { method: 'GET', headers: html })).status).toBe(401)
    const path = url({ query: '{ hello }' })
    const answer = await send(gateway, { method: 'GET', path, headers: { accept: 'text/html' } })
    expect(answer.status).toBe(406)
  })
})
