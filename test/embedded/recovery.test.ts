import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { processIdentity } from '../../src/database/embedded/process-identity.ts'
import {
  checkoutDir,
  dataOf,
  embeddedProcess,
  killQuietly,
  postmasterPid,
  processesOf,
  putBinaries,
  rowsOf,
  scratch,
  scratchWithData,
  testWhere,
} from './scratch.ts'

const linuxOnly = testWhere(process.platform === 'linux', 'only Linux shows the processes of a killed server')

/** A gateway in a process of its own with a table in its database. */
async function gatewayWithData() {
  const dataDir = dataOf(await scratchWithData())
  const gateway = await embeddedProcess('start', dataDir)
  const log: string[] = []
  return { gateway, log, options: { checkoutDir, dataDir, log: (line: string) => log.push(line) } }
}

test('the server outlives a killed gateway and its process group, and the next start adopts it', async () => {
  const { gateway, log, options } = await gatewayWithData()
  const pid = postmasterPid(gateway.said.clusterDir)
  await gateway.kill('SIGKILL')
  expect(await rowsOf(gateway.said.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])

  await using next = await startEmbedded(options)
  expect(next).toMatchObject({ adopted: true, connectionString: gateway.said.connectionString })
  expect(postmasterPid(next.clusterDir)).toBe(pid)
  await next.stop()
  expect(processIdentity(pid)).toBeUndefined()
  expect(log).toEqual([])
})

test('a server that does not take our password is restarted with it', async () => {
  const { gateway, log, options } = await gatewayWithData()
  const pid = postmasterPid(gateway.said.clusterDir)
  await gateway.kill('SIGKILL')
  writeFileSync(join(options.dataDir, 'postgres-password'), 'x'.repeat(43))
  await using next = await startEmbedded(options)
  expect(next.adopted).toBe(false)
  expect(postmasterPid(next.clusterDir)).not.toBe(pid)
  expect(await rowsOf(next.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(log).toEqual([
    `restarting the PostgreSQL that runs in ${next.clusterDir}: password authentication failed for user "orders_gateway"`,
    'the password of PostgreSQL or its database was lost; making it anew',
  ])
})

test('what was committed survives kill -9 of the postmaster, and of every process', async () => {
  const { gateway, options } = await gatewayWithData()
  process.kill(postmasterPid(gateway.said.clusterDir), 'SIGKILL')
  await gateway.kill('SIGKILL')
  const second = await startEmbedded(options)
  expect(second.adopted).toBe(false)
  await rowsOf(second.connectionString, 'update kept set answer = 43')

  const pids = process.platform === 'linux' ? await processesOf(options.dataDir) : [postmasterPid(second.clusterDir)]
  for (const pid of pids) killQuietly(pid)
  await second.stop()
  await using third = await startEmbedded(options)
  expect(third.adopted).toBe(false)
  expect(await rowsOf(third.connectionString, 'select answer from kept')).toEqual([{ answer: 43 }])
})

test('the pid of a dead server that now belongs to somebody else is neither adopted nor harmed', async () => {
  const { gateway, options } = await gatewayWithData()
  const { clusterDir } = gateway.said
  const file = join(clusterDir, 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  process.kill(postmasterPid(clusterDir), 'SIGKILL')
  await gateway.kill('SIGKILL')
  const { uid, gid } = statSync(clusterDir)
  const stranger = spawn('/bin/sleep', ['60'], { cwd: '/', uid, gid })
  onTestFinished(() => {
    stranger.kill('SIGKILL')
  })
  writeFileSync(file, text.replace(/^\d+/, String(stranger.pid)))
  const next = await startEmbedded(options)
  expect(next.adopted).toBe(false)
  expect(await rowsOf(next.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  await next.stop()
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
})

linuxOnly('a backend that hangs on after its postmaster was killed is ended', async () => {
  const { gateway, log, options } = await gatewayWithData()
  const client = new Client({ connectionString: gateway.said.connectionString })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = rows[0]?.pid ?? 0
  process.kill(backend, 'SIGSTOP')
  process.kill(postmasterPid(gateway.said.clusterDir), 'SIGKILL')
  await gateway.kill('SIGKILL')
  await using next = await startEmbedded(options)
  expect(await rowsOf(next.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(processIdentity(backend)).toBeUndefined()
  const ending = log.filter(line => line.startsWith('ending processes'))
  expect(ending).toHaveLength(1)
  expect(ending[0]).toMatch(new RegExp(`^ending processes that a killed PostgreSQL left behind: .*\\b${backend}\\b`))
  await client.end().catch(() => {})
})

test('a gateway killed while it makes the cluster leaves nothing that the next start trips over', async () => {
  const checkout = scratch()
  const dataDir = dataOf(checkout)
  // Where no cluster is prepared, initdb makes it: this one never ends.
  writeFileSync(join(putBinaries(checkout), 'bin/initdb'), '#!/bin/sh\ntouch "$2/PG_VERSION"\nexec sleep 600\n')
  const killed = embeddedProcess('start', dataDir, { checkoutDir: checkout }).catch(() => {})
  const drafts = () =>
    existsSync(dataDir) ? readdirSync(dataDir).filter(name => name.startsWith('postgres.new-')) : []
  while (!drafts().some(name => existsSync(join(dataDir, name, 'PG_VERSION')))) await delay(2)
  const lockFile = readdirSync(join(dataDir, 'lock'))[0] ?? ''
  process.kill(-Number(lockFile.split('.')[1]), 'SIGKILL')
  await killed
  expect(drafts()).toHaveLength(1)
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
  await using next = await startEmbedded({ checkoutDir, dataDir, log() {} })
  expect(await rowsOf(next.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(drafts()).toEqual([])
})
