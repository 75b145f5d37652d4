import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { until } from '../http/until.ts'
import { graphql, graphqlData } from '../setup/client.ts'
import { checkoutDir, runCommand } from '../setup/command.ts'
import { openEventSource } from '../streams/event-source.ts'

// Whole servers start here, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let dataDir: string
let env: Record<string, string>
let children: ChildProcess[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'orders-gateway-start-'))
  await chmod(dataDir, 0o711)
  env = { DATA_DIR: join(dataDir, 'data'), PORT: '0', LOG_LEVEL: 'error' }
  children = []
})

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
  await rm(dataDir, { recursive: true, force: true })
})

interface Running {
  child: ChildProcess
  addresses: { http: string; webSocket: string; graphiql: string; demoKeyFile: string; data: string }
  exit: Promise<unknown[]>
}

async function start(command: string[], more: Record<string, string> = {}): Promise<Running> {
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH, ...env, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  children.push(child)
  const exit = once(child, 'exit')
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exit])
  if (typeof line !== 'string') throw new Error(`the gateway ended with ${line}`)
  return { child, addresses: JSON.parse(line), exit }
}

const viaNode = [process.execPath, 'src/main.ts', 'start', '--json']
const viaNpm = ['npm', 'run', '-s', 'start', '--', '--json']

async function demoKey({ addresses }: Running): Promise<string> {
  return (await readFile(addresses.demoKeyFile, 'utf8')).trim()
}

const query = '{ viewer { workspace { subdomain } } orders(first: 1) { totalCount } }'

test('a first start, a second gateway, a tool that joins, a stop, a second start', async () => {
  const first = await start(viaNode)
  const { addresses } = first
  expect(addresses.webSocket).toBe(addresses.http.replace('http:', 'ws:'))
  expect(addresses.demoKeyFile).toBe(join(env.DATA_DIR ?? '', 'demo-key'))
  const key = await demoKey(first)
  const answer = await graphqlData<{ orders: { totalCount: number } }>(addresses.http, key, query)
  expect(answer).toMatchObject({ viewer: { workspace: { subdomain: 'demo' } } })
  expect(answer.orders.totalCount).toBeGreaterThan(0)

  const second = await runCommand(['start'], env)
  expect(second).toEqual({
    code: 1,
    stdout: '',
    stderr: `another gateway (pid ${first.child.pid}) is using ${env.DATA_DIR}\n`,
  })
  const listed = await runCommand(['workspaces', 'list', '--json'], env)
  expect(JSON.parse(listed.stdout)).toMatchObject([{ subdomain: 'demo', name: 'Demo Store' }])

  first.child.kill('SIGTERM')
  expect(await first.exit).toEqual([0, null])
  expect(await readdir(addresses.data)).not.toContain('postmaster.pid')

  const again = await start(viaNode)
  expect(await demoKey(again)).toBe(key)
  expect(await graphqlData(again.addresses.http, key, query)).toEqual(answer)
})

test('a gateway that has just begun to answer takes what is about webhooks, and stops in order', async () => {
  const running = await start(viaNode)
  const { http } = running.addresses
  const key = await demoKey(running)
  const made = await graphqlData<{ createWebhookEndpoint: { endpoint: { id: string } } }>(
    http,
    key,
    `mutation { createWebhookEndpoint(input: { url: "http://localhost:9/", name: "Early" }) {
      ... on CreateWebhookEndpointPayload { endpoint { id } } } }`,
  )
  const { id } = made.createWebhookEndpoint.endpoint
  const enable = `mutation { enableWebhookEndpoint(input: { id: "${id}" }) {
    ... on EnableWebhookEndpointPayload { endpoint { enabled } } } }`
  // Of a new database it may say that one has to try again.
  await vi.waitUntil(async () => (await graphql(http, key, enable)).status === 200, { timeout: 30_000 })
  expect(await graphqlData(http, key, enable)).toEqual({ enableWebhookEndpoint: { endpoint: { enabled: true } } })
  running.child.kill('SIGTERM')
  expect(await running.exit).toEqual([0, null])
})

test('Ctrl-C in a terminal reaches npm and the gateway at once and stops in order', async () => {
  const running = await start(viaNpm)
  process.kill(-(running.child.pid ?? 0), 'SIGINT')
  expect(await running.exit).toEqual([0, null])
  expect(await readdir(running.addresses.data)).not.toContain('postmaster.pid')
})

test('Ctrl-C while the cluster is made ends in one line, and the next start works', async () => {
  const [file = '', ...args] = viaNode
  const child = spawn(file, args, {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH, ...env, LOG_LEVEL: 'info', LOG_FORMAT: 'text' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  children.push(child)
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  const made = () => readdir(env.DATA_DIR ?? '').catch(() => [])
  while (!(await made()).some(name => name.startsWith('postgres.new-'))) await delay(2)
  // initdb is at work.
  await delay(50)
  process.kill(-(child.pid ?? 0), 'SIGINT')
  expect(await ended).toEqual([[0, null], expect.stringMatching(/^[\d:.]+ INFO {2}stopping after SIGINT\n$/), ''])
  // Nothing half made; a machine that was busy elsewhere may have let the cluster be finished and its server begin.
  expect((await made()).filter(name => !/^postgres(\.log|ql-.*)?$/.test(name))).toEqual(['postgres-password'])

  const next = await start(viaNode)
  expect((await graphql(next.addresses.http, await demoKey(next), query)).status).toBe(200)
})

test('a gateway that was killed leaves a PostgreSQL that the next one takes over', async () => {
  const running = await start(viaNode)
  const key = await demoKey(running)
  running.child.kill('SIGKILL')
  await running.exit
  expect(await readdir(running.addresses.data)).toContain('postmaster.pid')
  const next = await start(viaNode)
  expect((await graphql(next.addresses.http, key, query)).status).toBe(200)
})

test('a killed PostgreSQL comes back under the gateway, and streams go on without a hole', async () => {
  const running = await start(viaNode)
  const { http, data } = running.addresses
  const key = await demoKey(running)
  const document = 'subscription { events { __typename ... on Event { sequence } } }'
  const stream = await openEventSource(`${http}?query=${encodeURIComponent(document)}`, {
    authorization: `Bearer ${key}`,
  })
  const ready = new URL('/health/ready', http).href
  const readiness = async () => (await fetch(ready)).status
  const addContact = (emailAddress: string) =>
    graphqlData(http, key, `mutation { createContact(input: { emailAddress: "${emailAddress}" }) { __typename } }`)
  try {
    await until(() => stream.messages[0]?.data.data.events.__typename === 'CaughtUp')
    expect(await readiness()).toBe(200)
    await addContact('before@shop.example.com')
    const [pid = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
    // Without its files it stays away until everybody has noticed.
    await rename(data, `${data}-away`)
    process.kill(Number(pid), 'SIGKILL')
    while ((await readiness()) !== 503) await delay(20)
    const { status, body } = await graphql(http, key, query)
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
    await rename(`${data}-away`, data)
    while ((await readiness()) !== 200) await delay(20)
    expect((await graphql(http, key, query)).status).toBe(200)
    await addContact('after@shop.example.com')
    const sequences = () => stream.messages.flatMap(({ data }) => data.data.events.sequence ?? []).map(Number)
    await until(() => sequences().length >= 4)
    const [first = 0] = sequences()
    expect(sequences()).toEqual([first, first + 1, first + 2, first + 3])
  } finally {
    stream.close()
  }
})

test('with LOG_FORMAT=json every line on standard output is JSON', async () => {
  const child = spawn(process.execPath, ['src/main.ts', 'start'], {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH, ...env, LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  children.push(child)
  const lines: Record<string, unknown>[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(JSON.parse(line))
    if (lines.at(-1)?.msg === 'the orders gateway is up') break
  }
  const http = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/)
  const demoKeyFile = join(env.DATA_DIR ?? '', 'demo-key')
  expect(lines.at(-1)).toMatchObject({ level: 30, http, graphiql: http, demoKeyFile })
})

test('a port in use is said in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = String(typeof address === 'object' ? address?.port : '')
  try {
    expect(await runCommand(['start'], { ...env, PORT: port })).toEqual({
      code: 1,
      stdout: '',
      stderr: `port ${port} of 127.0.0.1 is in use: set PORT\n`,
    })
    // Nothing was started for it.
    expect(existsSync(env.DATA_DIR ?? '')).toBe(false)
  } finally {
    server.close()
  }
})
