import { expect, test } from 'vitest'
import { NameLookup } from '../../src/webhooks/name-lookup.ts'
import { post } from '../../src/webhooks/post.ts'
import { ReceiverConnections } from '../../src/webhooks/receiver-connections.ts'
import { openNameServer } from './name-server.ts'
import { openReceiver } from './receiver.ts'

const addressesOf = (names: NameLookup, hostname: string) =>
  new Promise<string[]>((resolve, reject) => {
    names.resolve(hostname, { all: true }, (error, found) => {
      if (error) reject(error)
      else resolve(found.map(({ address, family }) => `${family} ${address}`))
    })
  })

test('names that nobody answers hold up no others', async () => {
  await using server = await openNameServer({ 'A hooks.example.com': ['93.184.215.14'] })
  using names = new NameLookup({ servers: [server.at] })
  let settled = 0
  const hanging = Array.from({ length: 64 }, (_, index) =>
    addressesOf(names, `hang${index}.example.com`).finally(() => {
      settled += 1
    }),
  )
  const all = Promise.allSettled(hanging)
  expect(await addressesOf(names, 'hooks.example.com')).toEqual(['4 93.184.215.14'])
  expect(settled).toBe(0)
  server.letGo()
  expect((await all).map(({ status }) => status)).toEqual(hanging.map(() => 'rejected'))
})

test('the addresses of both families are found, and the name is asked for once', async () => {
  await using server = await openNameServer({
    'A hooks.example.com': ['93.184.215.14', '93.184.215.15'],
    'AAAA hooks.example.com': ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  })
  using names = new NameLookup({ servers: [server.at] })
  const found = ['4 93.184.215.14', '4 93.184.215.15', '6 2606:2800:21f:cb07:6820:80da:af6b:8b2c']
  const atOnce = await Promise.all(['hooks', 'HOOKS', 'hooks'].map(name => addressesOf(names, `${name}.example.com`)))
  for (const one of atOnce) expect(one.sort()).toEqual(found)
  expect((await addressesOf(names, 'hooks.example.com')).sort()).toEqual(found)
  expect(server.asked.sort()).toEqual(['A hooks.example.com', 'AAAA hooks.example.com'])
})

test('a name that does not exist is refused, and not asked for again at once', async () => {
  await using server = await openNameServer({})
  using names = new NameLookup({ servers: [server.at] })
  for (let i = 0; i < 3; i += 1) await expect(addressesOf(names, 'nobody.example.com')).rejects.toThrow('ENOTFOUND')
  expect(server.asked).toHaveLength(2)
})

test('localhost is this machine, whatever the name server says', async () => {
  await using server = await openNameServer({ 'A localhost': ['93.184.215.14'] })
  using names = new NameLookup({ servers: [server.at] })
  for (const name of ['localhost', 'LOCALHOST', 'a.localhost', 'localhost.']) {
    expect(await addressesOf(names, name)).toEqual(['4 127.0.0.1', '6 ::1'])
  }
  expect(server.asked).toEqual([])
})

test('what the name server says is checked like everything else', async () => {
  await using receiver = await openReceiver()
  await using server = await openNameServer({
    'A inside.example.com': ['127.0.0.1'],
    'A mixed.example.com': ['93.184.215.14', '10.0.0.7'],
    'AAAA six.example.com': ['0:0:0:0:0:0:0:1'],
  })
  using names = new NameLookup({ servers: [server.at] })
  await using strict = new ReceiverConnections({ allowLoopback: false, resolve: names.resolve })
  await using connections = new ReceiverConnections({ allowLoopback: true, resolve: names.resolve })
  const { port } = new URL(receiver.url)
  const send = (from: ReceiverConnections, host: string) => {
    const url = new URL(`http://${host}:${port}/`)
    return post(from.pool(host, url.origin), { url, headers: {}, body: Buffer.from('{}'), timeoutMs: 5_000 })
  }
  for (const host of ['inside', 'mixed', 'six']) {
    expect((await send(strict, `${host}.example.com`)).error).toMatch(/leads to an address that is not public/)
  }
  expect(receiver.connections).toBe(0)
  expect(await send(connections, 'inside.example.com')).toMatchObject({ statusCode: 204 })
  expect(await send(connections, 'localhost')).toMatchObject({ statusCode: 204 })
})
