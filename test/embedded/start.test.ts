import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EmbeddedOptions } from '../../src/database/embedded/embedded-postgres.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import {
  checkoutDir,
  copiedBinaries,
  dataOf,
  isRoot,
  processesOf,
  rowsOf,
  scratch,
  scratchWithData,
} from './scratch.ts'

function optionsFor(directory: string, log: string[] = []): EmbeddedOptions {
  return { checkoutDir, dataDir: dataOf(directory), log: line => log.push(line) }
}

test('the first start makes a durable cluster with the database, and the second one finds its data', async () => {
  const options = optionsFor(scratch())
  const first = await startEmbedded(options)
  expect(first).toMatchObject({
    adopted: false,
    clusterDir: join(options.dataDir, 'postgres'),
    dataDir: options.dataDir,
  })
  const settings = await rowsOf(
    first.connectionString,
    `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums',
       'jit', 'TimeZone', 'server_encoding', 'listen_addresses', 'unix_socket_permissions', 'logging_collector') order by name`,
  )
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    TimeZone: 'UTC',
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    jit: 'off',
    listen_addresses: '',
    logging_collector: 'on',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
    unix_socket_permissions: '0700',
  })
  const [role] = await rowsOf(
    first.connectionString,
    `select current_user as name, current_database() as database, rolsuper as super, lower('ÄÉ') as lowered
       from pg_roles where rolname = current_user`,
  )
  expect(role).toEqual({ name: 'orders_gateway', database: 'orders_gateway', super: false, lowered: 'äé' })
  await rowsOf(first.connectionString, 'create table kept as select 42 as answer')
  await first.stop()
  await first.stop()
  expect(await processesOf(options.dataDir)).toEqual([])
  await expect(rowsOf(first.connectionString, 'select 1')).rejects.toThrow('ENOENT')

  await using second = await startEmbedded(options)
  expect(second.adopted).toBe(false)
  expect(second.connectionString).toBe(first.connectionString)
  expect(await rowsOf(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('only our password opens the server, and everything is closed to others', async () => {
  const options = optionsFor(await scratchWithData())
  const postgres = await startEmbedded(options)
  const mode = (name: string) => (statSync(join(options.dataDir, name)).mode & 0o777).toString(8)
  expect(mode('.')).toBe(isRoot ? '710' : '700')
  expect(mode('postgres-password')).toBe('600')
  expect(mode('postgres')).toBe('700')
  expect(mode('lock')).toBe('700')
  const sockets = readdirSync(postgres.clusterDir).filter(name => statSync(join(postgres.clusterDir, name)).isSocket())
  expect(sockets).toEqual(['.s.PGSQL.54329'])

  const password = readFileSync(join(options.dataDir, 'postgres-password'), 'utf8').trim()
  expect(Buffer.from(password, 'base64url')).toHaveLength(32)
  expect(postgres.connectionString).toContain(`:${password}@`)
  const wrong = postgres.connectionString.replace(password, 'wrong')
  await expect(rowsOf(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  const superuser = postgres.connectionString.replace('//orders_gateway', '//postgres')
  await expect(rowsOf(superuser, 'select 1')).rejects.toMatchObject({ code: '28P01' })

  await postgres.stop()
  expect(readdirSync(options.dataDir).sort()).toEqual([
    'postgres',
    'postgres-password',
    'postgres.log',
    ...copiedBinaries,
  ])
})

test('a lost password is made anew, and the data stays', async () => {
  const log: string[] = []
  const options = optionsFor(await scratchWithData(), log)
  const first = await startEmbedded(options)
  await first.stop()
  rmSync(join(options.dataDir, 'postgres-password'))
  await using second = await startEmbedded(options)
  expect(second.connectionString).not.toBe(first.connectionString)
  expect(await rowsOf(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(log).toEqual(['the password of PostgreSQL or its database was lost; making it anew'])
})

test('data of another major version is refused in one line and not touched', async () => {
  const options = optionsFor(await scratchWithData())
  const clusterDir = join(options.dataDir, 'postgres')
  const version = readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim()
  writeFileSync(join(clusterDir, 'PG_VERSION'), '17\n')
  await expect(startEmbedded(options)).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: `the data in ${clusterDir} is of PostgreSQL 17, this gateway brings ${version}; move it away, or set DATABASE_URL`,
  })
  rmSync(join(clusterDir, 'PG_VERSION'))
  await expect(startEmbedded(options)).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: `${clusterDir} is not empty and not a PostgreSQL cluster; move it away, or set DATABASE_URL`,
  })
  expect(readdirSync(options.dataDir).sort()).toEqual([
    'postgres',
    'postgres-password',
    'postgres.log',
    ...copiedBinaries,
  ])
})
