import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { prepareCluster } from '../../src/database/embedded/prepared-cluster.ts'
import {
  dataOf,
  embeddedProcess,
  isRoot,
  putBinaries,
  rowsOf,
  scratch,
  testAsOtherUser,
  testWhere,
  userIds,
} from './scratch.ts'

const asRoot = testWhere(isRoot, 'only root can prepare a cluster as another user')
const asOtherUser = testAsOtherUser()

/** What initdb gives to each cluster that it makes, and a copy keeps. */
const identify = 'select system_identifier as id from pg_control_system()'

async function identityOf(checkoutDir: string, dataDir: string): Promise<unknown> {
  await using postgres = await startEmbedded({ checkoutDir, dataDir, log() {} })
  const [row] = await rowsOf(postgres.connectionString, identify)
  return row?.id
}

function preparedIn(checkout: string): string[] {
  return readdirSync(join(checkout, 'node_modules/.cache/orders-gateway'))
}

test('new data directories are copies of the cluster that an installation prepared, with a password each', async () => {
  const checkout = scratch()
  putBinaries(checkout)
  await prepareCluster(checkout)
  const [prepared = ''] = preparedIn(checkout)
  expect(preparedIn(checkout)).toEqual([expect.stringMatching(/^cluster-[a-z]+-[a-z\d]+-\d+\.\d+/)])
  mkdirSync(join(checkout, 'node_modules/.cache/orders-gateway/cluster-of-an-earlier-version'))
  const { ino } = statSync(join(checkout, 'node_modules/.cache/orders-gateway', prepared))
  await prepareCluster(checkout)
  expect(preparedIn(checkout)).toEqual([prepared])
  expect(statSync(join(checkout, 'node_modules/.cache/orders-gateway', prepared)).ino).toBe(ino)

  const dataDir = dataOf(checkout)
  await using first = await startEmbedded({ checkoutDir: checkout, dataDir, log() {} })
  await using second = await startEmbedded({ checkoutDir: checkout, dataDir: dataOf(scratch()), log() {} })
  expect(await rowsOf(first.connectionString, identify)).toEqual(await rowsOf(second.connectionString, identify))
  const passwords = [first, second].map(({ dataDir }) => readFileSync(join(dataDir, 'postgres-password'), 'utf8'))
  expect(new Set(passwords).size).toBe(2)
  const { uid, mode } = statSync(join(first.clusterDir, 'base'))
  expect([uid, mode & 0o777]).toEqual([isRoot ? userIds('nobody').uid : process.getuid?.(), 0o700])
})

test('a prepared cluster that others may read gives one that they may not', async () => {
  const checkout = scratch()
  putBinaries(checkout)
  await prepareCluster(checkout)
  const [prepared = ''] = preparedIn(checkout)
  const directory = join(checkout, 'node_modules/.cache/orders-gateway', prepared)
  chmodSync(directory, 0o755)
  await using postgres = await startEmbedded({ checkoutDir: checkout, dataDir: dataOf(checkout), log() {} })
  expect(await rowsOf(postgres.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(statSync(postgres.clusterDir).mode & 0o777).toBe(0o700)

  // As a copying tool leaves it that knows no empty directories.
  rmdirSync(join(directory, 'pg_notify'))
  const log: string[] = []
  await using other = await startEmbedded({
    checkoutDir: checkout,
    dataDir: dataOf(scratch()),
    log: line => log.push(line),
  })
  expect(await rowsOf(other.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(log).toEqual([expect.stringMatching(`pg_notify.*; making a cluster without ${directory}$`)])
})

test('without a prepared cluster each data directory is made by initdb', async () => {
  const checkout = scratch()
  putBinaries(checkout)
  const first = await identityOf(checkout, dataOf(checkout))
  expect(await identityOf(checkout, dataOf(scratch()))).not.toBe(first)
})

asOtherUser('so is that of a user who may not read the prepared one', async () => {
  const checkout = scratch()
  putBinaries(checkout)
  await prepareCluster(checkout)
  const ids = userIds('nobody')
  const home = scratch()
  chownSync(home, ids.uid, ids.gid)
  const { said } = await embeddedProcess('start', dataOf(home), { ...ids, checkoutDir: checkout })
  const [row] = await rowsOf(said.connectionString, identify)
  expect(row?.id).not.toBe(await identityOf(checkout, dataOf(checkout)))
})

asRoot('root prepares one in a checkout that the server cannot enter', async () => {
  const checkout = scratch()
  putBinaries(checkout)
  chmodSync(checkout, 0o700)
  await prepareCluster(checkout)
  expect(preparedIn(checkout)).toHaveLength(1)
})
