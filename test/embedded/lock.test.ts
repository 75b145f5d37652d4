import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { tryLock } from '../../src/database/embedded/directory-lock.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { checkoutDir, dataOf, embeddedProcess, rowsOf, scratch, scratchWithData, testWhere } from './scratch.ts'

const linuxOnly = testWhere(process.platform === 'linux', 'only Linux tells when a process started')

test('a second gateway on the same data ends with one line, and the first one lives on', async () => {
  const dataDir = dataOf(await scratchWithData())
  const first = await embeddedProcess('start', dataDir)
  await expect(startEmbedded({ checkoutDir, dataDir, log() {} })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: `another gateway (pid ${first.pid}) is using ${dataDir}`,
  })
  expect(await rowsOf(first.said.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  await first.kill('SIGTERM')
  await using next = await startEmbedded({ checkoutDir, dataDir, log() {} })
  expect(next.adopted).toBe(false)
})

test('of gateways that start at the same time exactly one wins', async () => {
  const dataDir = dataOf(scratch())
  const all = await Promise.all([1, 2, 3, 4].map(() => embeddedProcess('start', dataDir)))
  const winners = all.filter(({ said }) => said.connectionString)
  expect(winners).toHaveLength(1)
  const losers = all.filter(({ said }) => !said.connectionString).map(({ said }) => said)
  expect(losers).toEqual(
    Array(3).fill({ name: 'EmbeddedError', message: `another gateway (pid ${winners[0]?.pid}) is using ${dataDir}` }),
  )
})

linuxOnly('a lock whose pid now belongs to another process is taken over', () => {
  const dataDir = scratch()
  mkdirSync(join(dataDir, 'lock'))
  writeFileSync(join(dataDir, 'lock', `gateway.${process.ppid}.0a1b2c3d-1`), '')
  writeFileSync(join(dataDir, 'lock', 'gateway.0.0a1b2c3d-1'), '')
  const mine = tryLock(dataDir, 'gateway')
  expect(mine.holder).toBeUndefined()
  expect(tryLock(dataDir, 'tool').holder).toEqual({ role: 'gateway', pid: process.pid })
  mine.release?.()
  expect(readdirSync(dataDir)).toEqual([])
})

test('contenders never hold the lock together, also when holders die', async () => {
  const dataDir = scratch()
  const script = join(import.meta.dirname, 'lock-contender.ts')
  const until = String(Date.now() + 1_200)
  const contend = () => promisify(execFile)(process.execPath, [script, dataDir, until])
  const results = await Promise.all([1, 2, 3, 4].map(contend))
  const counts = results.map(({ stdout }) => JSON.parse(stdout) as { taken: number; shared: number })
  expect(counts.map(({ shared }) => shared)).toEqual([0, 0, 0, 0])
  for (const { taken } of counts) expect(taken).toBeGreaterThan(0)
})
