import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asEmbeddedError, commandError } from '../../src/database/embedded/embedded-error.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { writeSettings } from '../../src/database/embedded/server-settings.ts'
import {
  atEnd,
  checkoutDir,
  copiedBinaries,
  dataOf,
  embeddedProcess,
  isRoot,
  rowsOf,
  scratch,
  testAsOtherUser,
  testWhere,
  userIds,
} from './scratch.ts'

const asOtherUser = testAsOtherUser()
const withMounts = testWhere(isRoot && canMount(), 'file systems can be mounted neither here nor by this user')

function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'embedded-mount-'))
  try {
    mount(directory, 'size=1m')
    execFileSync('umount', [directory])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(directory)
  }
}

function mount(directory: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory], { stdio: 'ignore' })
}

/** A data directory on a small file system of its own. */
function mounted(options: string): string {
  const dataDir = dataOf(scratch())
  mkdirSync(dataDir)
  mount(dataDir, options)
  atEnd(() => execFileSync('umount', ['-l', dataDir]))
  return join(dataDir, 'data')
}

withMounts('a disk too small for a cluster is named in one line and left clean', async () => {
  const dataDir = mounted('size=24m,mode=755')
  await expect(startEmbedded({ checkoutDir, dataDir, log() {} })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: expect.stringMatching(
      `^no space left on the disk of ${dataDir}${copiedBinaries.length > 0 ? '/postgresql[^;]+' : ''}; free some, set DATA_DIR to another disk, or set DATABASE_URL$`,
    ),
  })
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
  expect(existsSync(join(dataDir, 'lock'))).toBe(false)
})

withMounts(
  'a disk that is full at a later start is named in one line, and the data is there when there is space',
  async () => {
    const dataDir = mounted('size=128m,mode=755')
    const options = { checkoutDir, dataDir, log() {} }
    const first = await startEmbedded(options)
    await rowsOf(first.connectionString, 'create table kept as select 42 as answer')
    await first.stop()
    const ballast = join(dataDir, '..', 'ballast')
    const { bavail, bsize } = statfsSync(dataDir)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 4 * bsize))
    try {
      writeFileSync(`${ballast}-rest`, Buffer.alloc(8 * bsize))
    } catch {
      // Full to the last block.
    }
    await expect(startEmbedded(options)).rejects.toMatchObject({
      name: 'EmbeddedError',
      message: expect.stringMatching(`^no space left on the disk of ${dataDir}.*; free some, .* set DATABASE_URL$`),
    })
    unlinkSync(ballast)
    const second = await startEmbedded(options)
    expect(await rowsOf(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
  },
)

withMounts('what is named is what is full, wherever it came from', async () => {
  const home = join(mounted('size=1m,mode=755'), '..')
  const fault = (path: string) =>
    `no space left on the disk of ${path}; free some, set DATA_DIR to another disk, or set DATABASE_URL`
  const copy = join(home, 'node')
  const failure: unknown = await copyFile(process.execPath, copy).catch(error => asEmbeddedError(error, '/elsewhere'))
  expect(failure).toMatchObject({ name: 'EmbeddedError', message: fault(copy) })

  rmSync(copy, { force: true })
  const place = { dataDir: '/elsewhere', home, clusterDir: home, user: undefined }
  const ballast = join(home, 'ballast')
  expect(() => writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024))).toThrow('ENOSPC')
  await expect(writeSettings(place, { host: '127.0.0.1', port: 1 })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: fault(join(home, 'orders-gateway.conf')),
  })
})

test('a full /dev/shm is not taken for a full disk', async () => {
  const output =
    'FATAL:  could not resize shared memory segment "/PostgreSQL.7" to 26976 bytes: No space left on device'
  expect(await commandError('start PostgreSQL', tmpdir(), output)).toMatchObject({
    message: 'no space left in shared memory, /dev/shm; enlarge it, or set DATABASE_URL',
  })
})

withMounts('a read-only file system is named in one line', async () => {
  const dataDir = mounted('ro')
  await expect(startEmbedded({ checkoutDir, dataDir, log() {} })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: `${dataDir} is on a read-only file system; set DATA_DIR to a writable directory, or set DATABASE_URL`,
  })
})

asOtherUser('a directory that the user may not write to is named in one line', async () => {
  const dataDir = dataOf(scratch())
  const { said } = await embeddedProcess('start', dataDir, userIds('nobody'))
  expect(said).toEqual({
    name: 'EmbeddedError',
    message: `no permission for ${dataDir}; set DATA_DIR to a directory of your own, or set DATABASE_URL`,
  })
})

asOtherUser("another user's data is named in one line", async () => {
  const dataDir = dataOf(scratch())
  await using postgres = await startEmbedded({ checkoutDir, dataDir, log() {} })
  const { said } = await embeddedProcess('join', dataDir, userIds('daemon'))
  expect(postgres.dataDir).toBe(dataDir)
  expect(said).toMatchObject({
    name: 'EmbeddedError',
    message: expect.stringMatching(`^no permission for ${dataDir}.*DATABASE_URL$`),
  })
})

test('a file in the place of the data directory is named in one line', async () => {
  const dataDir = dataOf(scratch())
  writeFileSync(dataDir, '')
  await expect(startEmbedded({ checkoutDir, dataDir, log() {} })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: `${dataDir} is not a directory; set DATA_DIR to another place, or set DATABASE_URL`,
  })
})
