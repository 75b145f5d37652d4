import { spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPlace } from '../../src/cli/listen/find-place.ts'
import { openRemoteGateway } from '../../src/cli/remote-gateway.ts'
import { runCommand } from '../setup/command.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { startListening } from './listening.ts'
import { addContacts, readLog } from './log.ts'
import { startReceiver } from './receiver.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway[Symbol.asyncDispose]())

let workspaces = 0

async function newKey(scopes?: readonly string[]): Promise<string> {
  workspaces += 1
  const { key } = await gateway.createKey({ subdomain: `listen-${workspaces}`, ...(scopes && { scopes }) })
  return key
}

describe.concurrent('forwarding', () => {
  test('every event as its payload, signed in both ways, from now on; Ctrl-C ends it with the place to go on', async () => {
    const key = await newKey()
    await addContacts(gateway.url, key, 'before')
    await using receiver = await startReceiver()
    const secret = randomBytes(32).toString('hex')
    const args = ['--url', gateway.url, '--key', key, '--to', receiver.url, '--secret', secret]
    await using listening = await startListening(...args)
    expect(listening.lines).toEqual([
      {
        kind: 'started',
        url: gateway.url,
        workspace: expect.stringMatching(/^listen-\d+$/),
        to: receiver.url,
        secret,
        cursor: expect.any(String),
      },
    ])
    await addContacts(gateway.url, key, 'ada')
    const shown = await listening.some(2)
    const log = (await readLog(gateway.url, key)).slice(2)
    expect(receiver.received.map(({ body }) => body)).toEqual(log.map(({ payload }) => JSON.stringify(payload)))
    expect(shown).toEqual(
      log.map(({ payload, ...event }) => ({
        kind: 'event',
        ...event,
        subject: 'Contact ada@example.com',
        status: 200,
        durationMs: expect.any(Number),
        attempts: 1,
      })),
    )
    for (const { headers, body, payload } of receiver.received) {
      const standard = new Webhook(Buffer.from(secret, 'hex').toString('base64'))
      expect(standard.verify(body, headers)).toEqual(payload)
      const timestamp = headers['x-webhook-clickfunnels-timestamp']
      expect(Math.abs(Date.now() / 1_000 - Number(timestamp))).toBeLessThan(30)
      expect(headers['x-webhook-clickfunnels-signature']).toBe(
        createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
      )
      expect(headers['webhook-id']).toBe(payload.event_id)
      expect(headers['content-type']).toBe('application/json')
    }
    const cursor = log.at(-1)?.cursor
    expect(await listening.stop()).toEqual({
      code: 0,
      stderr: '',
      last: { kind: 'ended', taken: 2, refused: 0, seconds: expect.any(Number), cursor },
    })
  })

  test('only the wanted types, from the start of the log; a made secret of 32 bytes', async () => {
    const key = await newKey()
    await addContacts(gateway.url, key, 'ada', 'grace')
    await using receiver = await startReceiver()
    const args = ['--url', gateway.url, '--key', key, '--to', receiver.url, '--after', 'START']
    await using listening = await startListening(...args, '--types', 'order.*, contact.ident*')
    await listening.some(2)
    await addContacts(gateway.url, key, 'alan')
    const shown = await listening.some(3)
    const identified = (await readLog(gateway.url, key)).filter(({ eventType }) => eventType === 'contact.identified')
    expect(identified).toHaveLength(3)
    expect(shown.map(({ eventId }) => eventId)).toEqual(identified.map(({ eventId }) => eventId))
    expect(receiver.ids()).toEqual(identified.map(({ eventId }) => eventId))
    expect(listening.lines[0].secret).toMatch(/^[0-9a-f]{64}$/)
  })

  test('after a cursor, and after a time that is older than the log', async () => {
    const key = await newKey()
    await addContacts(gateway.url, key, 'ada', 'grace')
    const log = await readLog(gateway.url, key)
    await using receiver = await startReceiver()
    const args = ['--url', gateway.url, '--key', key, '--to', receiver.url]
    await using fromCursor = await startListening(...args, '--after', log[1]?.cursor ?? '')
    expect((await fromCursor.some(2)).map(({ sequence }) => sequence)).toEqual(['3', '4'])
    await using fromTime = await startListening(...args, '--after', '2h')
    expect((await fromTime.some(4)).map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4'])
  })

  test('a time ago is the place between what happened before and after it', async () => {
    const key = await newKey()
    const remote = await openRemoteGateway({ url: gateway.url, key })
    await addContacts(gateway.url, key, 'ada')
    const [event] = await readLog(gateway.url, key)
    await sql`update events set created_at = created_at - interval '1 hour'
      where workspace_id = (select workspace_id from events where id = ${event?.eventId})`.execute(gateway.databases.db)
    await addContacts(gateway.url, key, 'grace')
    const log = await readLog(gateway.url, key)
    expect((await findPlace(remote, '30m')).cursor).toBe(log[1]?.cursor)
    expect((await findPlace(remote, undefined)).cursor).toBe(log[3]?.cursor)
  })

  test('an answer that is no success is shown and passed over', async () => {
    const key = await newKey()
    await addContacts(gateway.url, key, 'ada', 'grace')
    const statuses = [500, 302, 208, 204]
    await using receiver = await startReceiver({ answer: () => statuses.shift() ?? 200 })
    const args = ['--url', gateway.url, '--key', key, '--to', receiver.url, '--after', 'START']
    await using listening = await startListening(...args)
    const shown = await listening.some(4)
    expect(shown.map(({ status, error }) => [status, error])).toEqual([
      [500, 'answered 500'],
      [302, 'answered 302: redirects are not followed'],
      [208, 'answered 208'],
      [204, undefined],
    ])
    expect(receiver.received).toHaveLength(4)
    expect((await listening.stop()).last).toMatchObject({ kind: 'ended', taken: 1, refused: 3 })
  })

  test('a receiver that is down is waited for, then gets everything once and in order', async () => {
    const key = await newKey()
    const first = await startReceiver()
    await using listening = await startListening('--url', gateway.url, '--key', key, '--to', first.url)
    await first[Symbol.asyncDispose]()
    await addContacts(gateway.url, key, 'ada', 'grace')
    const { error } = await listening.line(({ kind }) => kind === 'receiverDown')
    expect(error).toContain('ECONNREFUSED')
    await using receiver = await startReceiver({ port: first.port })
    const shown = await listening.some(4)
    const log = await readLog(gateway.url, key)
    expect(receiver.ids()).toEqual(log.map(({ eventId }) => eventId))
    expect(shown[0].attempts).toBeGreaterThan(1)
    expect(shown.slice(1).map(({ attempts }) => attempts)).toEqual([1, 1, 1])
    expect(listening.lines.filter(({ kind }) => kind === 'receiverDown')).toHaveLength(1)
  })

  test('Ctrl-C while the receiver is down: the place to go on is before what it did not get', async () => {
    const key = await newKey()
    await using receiver = await startReceiver()
    await using listening = await startListening('--url', gateway.url, '--key', key, '--to', receiver.url)
    await addContacts(gateway.url, key, 'ada')
    await listening.some(2)
    await receiver[Symbol.asyncDispose]().then(() => addContacts(gateway.url, key, 'grace'))
    await listening.line(({ kind }) => kind === 'receiverDown')
    const [, second] = await readLog(gateway.url, key)
    expect(await listening.stop()).toMatchObject({ code: 0, stderr: '', last: { taken: 2, cursor: second?.cursor } })
  })

  test('more than it holds at once, to a receiver slower than the log', async () => {
    const key = await newKey()
    await addContacts(gateway.url, key, ...Array.from({ length: 400 }, (_, index) => `many-${index}`))
    await using receiver = await startReceiver()
    const args = ['--url', gateway.url, '--key', key, '--to', receiver.url, '--after', 'START']
    await using listening = await startListening(...args)
    const shown = await listening.some(800)
    const sequences = Array.from({ length: 800 }, (_, index) => String(index + 1))
    expect(shown.map(({ sequence }) => sequence)).toEqual(sequences)
    expect(receiver.ids()).toEqual(shown.map(({ eventId }) => eventId))
    expect(listening.lines.filter(({ kind }) => kind === 'cut')).toEqual([])
  })

  test('for people: a line for each event, without colours where there is no terminal', async () => {
    const key = await newKey()
    await addContacts(gateway.url, key, 'ada')
    const log = await readLog(gateway.url, key)
    const { stdout, code } = await listenAsText(key, log.length)
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b')
    const lines = stdout.split('\n')
    expect(lines.slice(0, 3)).toEqual(['', 'Listening. Ctrl-C stops it.', ''])
    expect(lines[3]).toMatch(new RegExp(`^  From {4}listen-\\d+, ${gateway.url}$`))
    for (const [index, { createdAt, eventType, eventId }] of log.entries()) {
      const start = `${createdAt}  ${eventType.padEnd(28)}  ${'Contact ada@example.com'.padEnd(40)}  200 in `
      expect(lines[8 + index]?.replace(/\d+ ms/, 'N ms')).toBe(`${start}N ms  ${eventId}`)
    }
    expect(stdout).toMatch(/\nStopped\. 2 events in \d+ s: 2 taken, 0 not\. Go on from here:\nnpm run listen -- --to /)
    expect(stdout.trimEnd().endsWith(` --after ${log.at(-1)?.cursor}`)).toBe(true)
  })
})

async function listenAsText(key: string, count: number): Promise<{ stdout: string; code: number | null }> {
  await using receiver = await startReceiver()
  const args = ['--url', gateway.url, '--key', key, '--to', receiver.url, '--after', 'START']
  const child = spawn(process.execPath, ['src/main.ts', 'listen', ...args], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let stdout = ''
  let isStopping = false
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
    // Once: a process that is ending no longer handles signals, and one more would kill it.
    if (isStopping || stdout.split(' ms  ').length <= count) return
    isStopping = true
    child.kill('SIGINT')
  })
  const [code] = await closed
  return { stdout, code }
}

describe.concurrent('what listen refuses, in one line and with exit code 1', () => {
  const refusal = async (...args: string[]) => {
    const { code, stderr } = await runCommand(['listen', '--json', ...args], {})
    expect(code).toBe(1)
    return stderr
  }

  test('a wrong key, one without the right, and none for another machine', async () => {
    const to = ['--to', 'http://127.0.0.1:9/', '--url', gateway.url]
    const wrong = `ogw_${'a'.repeat(16)}_${'b'.repeat(43)}`
    expect(await refusal(...to, '--key', wrong)).toBe(
      `the gateway at ${gateway.url} does not take this key: it is wrong, expired or revoked\n`,
    )
    expect(await refusal(...to, '--key', await newKey(['orders:read']))).toMatch(
      /^the gateway refuses: .*events:read.*\n$/,
    )
    expect(await refusal('--to', 'http://127.0.0.1:9/', '--url', 'https://gateway.example.com/graphql')).toBe(
      'GATEWAY_KEY is missing, or --key <key>: gateway.example.com is not this machine; make one with npm run keys -- create\n',
    )
  })

  test('a URL where no gateway is', async () => {
    await using receiver = await startReceiver()
    const free = await startReceiver()
    await free[Symbol.asyncDispose]()
    const at = ['--to', 'http://127.0.0.1:9/', '--key', 'any', '--url']
    expect(await refusal(...at, `http://127.0.0.1:${free.port}`)).toBe(
      `no gateway answers at http://127.0.0.1:${free.port}/graphql (ECONNREFUSED)\n`,
    )
    expect(await refusal(...at, receiver.url)).toBe(`${receiver.url} is no gateway: it answered 200\n`)
    expect(await refusal(...at, `${gateway.origin}/nothing`)).toBe(
      `${gateway.origin}/nothing is no gateway: it answered 404\n`,
    )
  })

  test('a cursor that is none, and one that the log has forgotten', async () => {
    const { key, workspaceId } = await gateway.createKey({ subdomain: 'listen-forgotten' })
    await addContacts(gateway.url, key, 'ada', 'grace')
    const log = await readLog(gateway.url, key)
    const { db } = gateway.databases
    await db.deleteFrom('events').where('workspace_id', '=', workspaceId).where('sequence', '<=', '3').execute()
    const after = ['--to', 'http://127.0.0.1:9/', '--url', gateway.url, '--key', key, '--after']
    expect(await refusal(...after, 'nonsense')).toBe('nonsense is no cursor of this log\n')
    const [first, , third] = log.map(({ cursor }) => cursor)
    expect(await refusal(...after, first ?? '')).toBe(
      `the events after ${first} are no longer kept: go on with --after START, which is ${third}\n`,
    )
  })

  test.each([
    [['--to', 'localhost'], '--to is "localhost", must be a URL such as http://127.0.0.1:3000/path'],
    [
      ['--to', 'http://h/', '--types', 'order.paid'],
      '--types: there is no event type order.paid; npm run trigger -- --list has them all',
    ],
    [['--to', 'http://h/', '--secret', 'abc'], '--secret is not 64 hexadecimal digits'],
    [
      ['--to', 'http://h/', '--key', 'k', '--after', '0h'],
      '--after is "0h", must be a duration such as 90d, 24h, 30m or 10s',
    ],
    [[], '--to <url> is missing; see npm run listen -- --help'],
  ])('%j', async (args, line) => {
    expect(await refusal(...args)).toBe(`${line}\n`)
  })
})
