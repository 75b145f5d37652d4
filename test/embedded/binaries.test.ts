import { chmodSync, chownSync, lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBinaryPackage, packedLinks } from '../../src/database/embedded/binary-package.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import {
  checkoutDir,
  dataOf,
  embeddedProcess,
  putBinaries,
  rowsOf,
  scratch,
  testAsOtherUser,
  userIds,
} from './scratch.ts'

const asOtherUser = testAsOtherUser()

/** A checkout whose install scripts did not run: no link between the libraries is there. */
async function unlinkedCheckout(): Promise<{
  checkout: string
  native: string
  links: { path: string; target: string }[]
}> {
  const checkout = scratch()
  const native = putBinaries(checkout)
  const links = await packedLinks(native)
  expect(links.length).toBeGreaterThan(5)
  for (const { path } of links) rmSync(join(native, path), { force: true })
  return { checkout, native, links }
}

test('a platform without a package is named', async () => {
  expect(() => findBinaryPackage(checkoutDir, 'win32', 'arm64')).toThrow(
    'no PostgreSQL binary for windows-arm64; set DATABASE_URL',
  )
  const empty = scratch()
  await expect(startEmbedded({ checkoutDir: empty, dataDir: 'data', log() {} })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: `no PostgreSQL binary for ${process.platform}-${process.arch}; set DATABASE_URL`,
  })
})

test('missing links between the libraries are made', async () => {
  const { checkout, native, links } = await unlinkedCheckout()
  await using postgres = await startEmbedded({ checkoutDir: checkout, dataDir: dataOf(checkout), log() {} })
  expect(await rowsOf(postgres.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  for (const { path, target } of links) expect(readlinkSync(join(native, path))).toBe(target)
})

asOtherUser('where they cannot be made, the binaries are copied into the data directory', async () => {
  const { checkout, native, links } = await unlinkedCheckout()
  const ids = userIds('nobody')
  const home = scratch()
  chownSync(home, ids.uid, ids.gid)
  chmodSync(join(native, 'lib'), 0o755)
  const { said } = await embeddedProcess('start', dataOf(home), { ...ids, checkoutDir: checkout })
  expect(await rowsOf(said.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(readdirSync(dataOf(home)).some(name => name.startsWith('postgresql-'))).toBe(true)
  for (const { path } of links) expect(() => lstatSync(join(native, path))).toThrow('ENOENT')
})
