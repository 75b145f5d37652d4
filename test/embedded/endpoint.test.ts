import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pathKey } from '../../src/database/embedded/cluster-place.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { shortDirectory } from '../../src/database/embedded/endpoint.ts'
import { atEnd, checkoutDir, isRoot, putData, rowsOf, scratch, userIds } from './scratch.ts'

/** A data directory too deep for a socket, and the short directory that stands in for it. */
async function deepData(): Promise<{ dataDir: string; shortDir: string }> {
  const dataDir = join(scratch(), 'data', 'x'.repeat(100))
  mkdirSync(join(dataDir, '..'))
  await putData(dataDir)
  const shortDir = `/tmp/orders-gateway-${pathKey(join(dataDir, 'postgres'))}`
  atEnd(() => rmSync(shortDir, { recursive: true, force: true }))
  return { dataDir, shortDir }
}

test('a name with every character that settings and connection strings treat specially', async () => {
  const dataDir = join(scratch(), 'data', `a b,c'd"e%20\\f&g?h#i`)
  mkdirSync(join(dataDir, '..'))
  await putData(dataDir)
  await using postgres = await startEmbedded({ checkoutDir, dataDir, log() {} })
  expect(statSync(join(dataDir, 'postgres', '.s.PGSQL.54329')).isSocket()).toBe(true)
  expect(await rowsOf(postgres.connectionString, "select current_setting('data_directory') as directory")).toEqual([
    { directory: join(dataDir, 'postgres') },
  ])
})

test('a path too long for a socket gets a short directory that only the server can enter', async () => {
  const { dataDir, shortDir } = await deepData()
  await using postgres = await startEmbedded({ checkoutDir, dataDir, log() {} })
  const { mode, uid } = statSync(shortDir)
  expect((mode & 0o777).toString(8)).toBe('700')
  expect(uid).toBe(isRoot ? userIds('nobody').uid : process.getuid?.())
  expect(statSync(join(shortDir, '.s.PGSQL.54329')).isSocket()).toBe(true)
  expect(await rowsOf(postgres.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('where somebody else has that directory, the server listens on a free loopback port', async () => {
  const { dataDir, shortDir } = await deepData()
  mkdirSync(shortDir)
  chmodSync(shortDir, 0o777)
  const options = { checkoutDir, dataDir, log() {} }
  const first = await startEmbedded(options)
  const { hostname, port } = new URL(first.connectionString)
  expect(hostname).toBe('127.0.0.1')
  expect(Number(port)).toBeGreaterThan(1023)
  expect(port).not.toBe('5432')
  expect(await rowsOf(first.connectionString, 'show port')).toEqual([{ port }])
  await first.stop()
  await using second = await startEmbedded(options)
  expect(await rowsOf(second.connectionString, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
})

test('a link in the place of the short directory is not followed', async () => {
  const directory = scratch()
  mkdirSync(join(directory, 'elsewhere'), { mode: 0o700 })
  symlinkSync('elsewhere', join(directory, 'short'))
  expect(await shortDirectory(join(directory, 'short'), undefined)).toBeUndefined()
  expect(await shortDirectory(join(directory, 'elsewhere'), undefined)).toBe(join(directory, 'elsewhere'))
})
