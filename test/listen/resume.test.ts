import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revokeApiKey } from '../../src/api-keys/revoke-api-key.ts'
import { checkoutDir } from '../setup/command.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { startListening } from './listening.ts'
import { addContacts, readLog } from './log.ts'
import { startReceiver } from './receiver.ts'

/** Writes while the gateway that is listened to is away. */
let writer: Gateway

beforeAll(async () => {
  writer = await startGateway()
})

afterAll(() => writer[Symbol.asyncDispose]())

/** Gateways in processes of their own, one after the other, on the writer's database; the first chooses the port. */
class OtherGateway implements AsyncDisposable {
  #child: ChildProcess | undefined
  #port = '0'
  url = ''

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['src/main.ts', 'start', '--json'], {
      cwd: checkoutDir,
      env: { DATABASE_URL: writer.databaseUrl, PORT: this.#port, LOG_LEVEL: 'silent', POOL_SIZE: '3' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    process.once('exit', () => child.kill('SIGKILL'))
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
    if (typeof line !== 'string') throw new Error(`the gateway ended with ${line}`)
    this.url = JSON.parse(line).http
    this.#port = new URL(this.url).port
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child?.kill(signal)) await once(child, 'exit')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end('SIGTERM')
  }
}

/** Passes connections on to a port and can cut them. */
async function startProxy(port: number) {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    cut,
    async [Symbol.asyncDispose]() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}

describe.concurrent('after a cut nothing is missing and nothing comes twice', () => {
  test('the gateway is killed, then stopped, and comes back on the same port', async () => {
    const { key } = await writer.createKey({ subdomain: 'killed' })
    await using receiver = await startReceiver()
    await using gateway = new OtherGateway()
    await gateway.start()
    await using listening = await startListening('--url', gateway.url, '--key', key, '--to', receiver.url)
    for (const [index, signal] of (['SIGKILL', 'SIGTERM'] as const).entries()) {
      await addContacts(writer.url, key, `before-${index}`)
      await Promise.all([gateway.end(signal), addContacts(writer.url, key, `during-${index}`)])
      await listening.some(index + 1, 'cut')
      await addContacts(writer.url, key, `away-${index}`)
      await gateway.start()
      await addContacts(writer.url, key, `after-${index}`)
      await listening.some((index + 1) * 8)
    }
    const log = await readLog(writer.url, key)
    expect(log).toHaveLength(16)
    expect(receiver.ids()).toEqual(log.map(({ eventId }) => eventId))
    expect(listening.lines.filter(({ kind }) => kind === 'resumed')).toHaveLength(2)
    expect(await listening.stop()).toMatchObject({ code: 0, stderr: '', last: { taken: 16, refused: 0 } })
  })

  test('the network cuts every connection again and again, also before the first event', async () => {
    const { key } = await writer.createKey({ subdomain: 'cut' })
    await using proxy = await startProxy(Number(new URL(writer.url).port))
    await using receiver = await startReceiver()
    await using listening = await startListening('--url', proxy.url, '--key', key, '--to', receiver.url)
    proxy.cut()
    for (let index = 0; index < 10; index += 1) {
      await addContacts(writer.url, key, `a-${index}`, `b-${index}`, `c-${index}`, `d-${index}`)
      await delay(index * 20)
      proxy.cut()
    }
    await listening.some(80)
    // Whatever became of those: a connection that has brought everything is there, and its cut is noticed.
    for (let index = 0; index < 3; index += 1) {
      const resumed = listening.lines.filter(({ kind }) => kind === 'resumed').length
      proxy.cut()
      await addContacts(writer.url, key, `e-${index}`)
      await listening.some(82 + index * 2)
      expect(listening.lines.filter(({ kind }) => kind === 'resumed')).toHaveLength(resumed + 1)
    }
    const log = await readLog(writer.url, key)
    expect(log).toHaveLength(86)
    expect(receiver.ids()).toEqual(log.map(({ eventId }) => eventId))
  })

  test('Ctrl-C while the gateway is away ends it', async () => {
    const { key } = await writer.createKey({ subdomain: 'away' })
    const proxy = await startProxy(Number(new URL(writer.url).port))
    await using receiver = await startReceiver()
    await using listening = await startListening('--url', proxy.url, '--key', key, '--to', receiver.url)
    await proxy[Symbol.asyncDispose]()
    await listening.some(1, 'cut')
    const { cursor } = listening.lines[0]
    expect(await listening.stop()).toMatchObject({ code: 0, stderr: '', last: { kind: 'ended', taken: 0, cursor } })
  })

  test('a key that is revoked ends it, with the place to go on', async () => {
    const { key, id } = await writer.createKey({ subdomain: 'revoked' })
    await using receiver = await startReceiver()
    await using listening = await startListening('--url', writer.url, '--key', key, '--to', receiver.url)
    await addContacts(writer.url, key, 'ada')
    await listening.some(2)
    const log = await readLog(writer.url, key)
    await revokeApiKey(writer.databases.db, id)
    const [code] = await once(listening.child, 'close')
    expect(code).toBe(1)
    expect(await listening.stderr).toBe(
      `the gateway at ${writer.url} does not take this key: it is wrong, expired or revoked\n`,
    )
    expect(listening.lines.at(-1)).toMatchObject({ kind: 'ended', taken: 2, cursor: log.at(-1)?.cursor })
  })
})
