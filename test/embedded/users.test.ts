import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openOutsideHome, pathKey } from '../../src/database/embedded/cluster-place.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { findNobody } from '../../src/database/embedded/server-user.ts'
import {
  checkoutDir,
  dataOf,
  embeddedProcess,
  isRoot,
  processesOf,
  putBinaries,
  rowsOf,
  scratch,
  scratchWithData,
  testAsOtherUser,
  testWhere,
  userIds,
} from './scratch.ts'

const asRoot = testWhere(isRoot, 'only root can start PostgreSQL as another user')
const asOtherUser = testAsOtherUser()
const lessRights = ['--bounding-set=-setuid,-setgid']
const asRootWithLess = testWhere(
  isRoot && spawnSync('setpriv', [...lessRights, 'true']).status === 0,
  'only root with setpriv can give up the right to act as others',
)

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const owner = (path: string) => statSync(path).uid

/** A checkout with the binaries of this one, in a directory that only its owner can enter. */
function privateCheckout(): { checkout: string; dataDir: string } {
  const directory = scratch()
  const checkout = join(directory, 'data')
  putBinaries(checkout)
  chmodSync(checkout, 0o700)
  const dataDir = join(checkout, '.data')
  onTestFinished(async () => {
    for (const pid of await processesOf(dataDir)) process.kill(pid, 'SIGKILL')
    for (const base of ['/var/lib', '/var/tmp']) {
      rmSync(join(base, `orders-gateway-${pathKey(dataDir)}`), { recursive: true, force: true })
    }
  })
  return { checkout, dataDir }
}

asRoot('in a checkout closed to others, cluster and binaries go to a stable place outside', async () => {
  const { checkout, dataDir } = privateCheckout()
  const options = { checkoutDir: checkout, dataDir: '.data', log() {} }
  const first = await startEmbedded(options)
  const home = dirname(first.clusterDir)
  expect(home).toMatch(/^\/var\/(lib|tmp)\/orders-gateway-[0-9a-f]{16}$/)
  expect(first.dataDir).toBe(dataDir)
  expect([mode(dataDir), mode(home), mode(first.clusterDir)]).toEqual(['700', '711', '700'])
  expect([owner(home), owner(first.clusterDir)]).toEqual([0, userIds('nobody').uid])
  expect(readFileSync(join(home, 'data-directory'), 'utf8')).toBe(`${dataDir}\n`)
  expect(readdirSync(dataDir).sort()).toEqual(['lock', 'postgres-password'])
  const copy = readdirSync(home).filter(name => name.startsWith('postgresql-'))
  expect(copy).toHaveLength(1)
  const bootstrap = join(home, copy[0] ?? '', 'share/postgresql/postgres.bki')
  const copied = statSync(bootstrap)
  await rowsOf(first.connectionString, 'create table kept as select 42 as answer')
  await first.stop()

  const second = await startEmbedded(options)
  expect(second.clusterDir).toBe(first.clusterDir)
  expect(await rowsOf(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(statSync(bootstrap)).toMatchObject({ ino: copied.ino, size: copied.size })
  await second.stop()

  // As a power failure leaves a file that was not yet on disk.
  truncateSync(bootstrap)
  await using third = await startEmbedded(options)
  expect(await rowsOf(third.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(statSync(bootstrap).size).toBe(copied.size)
})

asRoot('data that was open and then closed to the server is named, not made anew', async () => {
  const directory = scratch()
  const options = { checkoutDir, dataDir: dataOf(directory), log() {} }
  const first = await startEmbedded(options)
  await first.stop()
  chmodSync(directory, 0o700)
  await expect(startEmbedded(options)).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: expect.stringMatching(
      `^user ${userIds('nobody').uid} cannot enter ${options.dataDir}, where the data is; .*set DATABASE_URL$`,
    ),
  })
})

asRoot('a server that runs in data closed since then is left alone', async () => {
  const directory = scratch()
  const dataDir = dataOf(directory)
  const gateway = await embeddedProcess('start', dataDir)
  await gateway.kill('SIGKILL')
  // Whoever asks for the password would be refused: nobody may take that for a server that is none.
  rmSync(join(dataDir, 'postgres-password'))
  chmodSync(directory, 0o700)
  const postmaster = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  await expect(startEmbedded({ checkoutDir, dataDir, log() {} })).rejects.toMatchObject({
    name: 'EmbeddedError',
    message: expect.stringContaining('cannot enter'),
  })
  expect(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).toBe(postmaster)
  chmodSync(directory, 0o755)
  expect(await processesOf(dataDir)).toContain(Number(postmaster.split('\n')[0]))
})

asRootWithLess('root that may not act as another user says so, and leaves the data as it is', async () => {
  for (const [directory, user] of [
    [scratch(), 'nobody'],
    [await scratchWithData(), `user ${userIds('nobody').uid}`],
  ] as const) {
    const dataDir = dataOf(directory)
    mkdirSync(dataDir, { recursive: true })
    const before = readdirSync(dataDir)
    const script = join(import.meta.dirname, 'embedded-process.ts')
    const said = execFileSync('setpriv', [...lessRights, process.execPath, script, 'start', checkoutDir, dataDir])
    expect(JSON.parse(said.toString())).toEqual({
      name: 'EmbeddedError',
      message: `PostgreSQL refuses to run as root, and this process may not start it as ${user}; set DATABASE_URL`,
    })
    expect(readdirSync(dataDir)).toEqual(before)
  }
})

asRoot('a place outside that somebody else has prepared is refused', async () => {
  const directory = scratch()
  const home = join(directory, 'home')
  const refusal = `${home} is not a directory of root alone; remove it, or set DATABASE_URL`
  mkdirSync(join(directory, 'elsewhere'))
  symlinkSync('elsewhere', home)
  await expect(openOutsideHome(home)).rejects.toThrow(refusal)
  rmSync(home)
  mkdirSync(home)
  chownSync(home, userIds('nobody').uid, 0)
  await expect(openOutsideHome(home)).rejects.toThrow(refusal)
  chownSync(home, 0, 0)
  chmodSync(home, 0o777)
  await expect(openOutsideHome(home)).rejects.toThrow(refusal)
  chmodSync(home, 0o711)
  await expect(openOutsideHome(home)).resolves.toBeUndefined()
})

asOtherUser('an ordinary user runs everything as itself', async () => {
  const directory = scratch()
  const ids = userIds('nobody')
  chownSync(directory, ids.uid, ids.gid)
  chmodSync(directory, 0o700)
  const dataDir = dataOf(directory)
  const first = await embeddedProcess('start', dataDir, ids)
  expect(first.said.clusterDir).toBe(join(dataDir, 'postgres'))
  expect([mode(dataDir), mode(join(dataDir, 'postgres')), mode(join(dataDir, 'postgres-password'))]).toEqual([
    '700',
    '700',
    '600',
  ])
  expect([owner(dataDir), owner(join(dataDir, 'postgres-password'))]).toEqual([ids.uid, ids.uid])
  await rowsOf(first.said.connectionString, 'create table kept as select 42 as answer')
  await first.kill('SIGKILL')
  const second = await embeddedProcess('start', dataDir, ids)
  expect(second.said.adopted).toBe(true)
  await second.kill('SIGTERM')
  expect(await processesOf(dataDir)).toEqual([])
  const third = await embeddedProcess('start', dataDir, ids)
  expect(third.said.adopted).toBe(false)
  expect(await rowsOf(third.said.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
})

asOtherUser("root goes on with a user's data as that user, and the user can have it back", async () => {
  const directory = scratch()
  const ids = userIds('daemon')
  chownSync(directory, ids.uid, ids.gid)
  const dataDir = dataOf(directory)
  const before = await embeddedProcess('start', dataDir, ids)
  await rowsOf(before.said.connectionString, 'create table kept as select 42 as answer')
  await before.kill('SIGTERM')
  const root = await startEmbedded({ checkoutDir, dataDir, log() {} })
  const [postmaster = 0] = await processesOf(dataDir)
  expect(owner(`/proc/${postmaster}`)).toBe(ids.uid)
  await root.stop()
  const after = await embeddedProcess('start', dataDir, ids)
  expect(await rowsOf(after.said.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a system without the user nobody cannot run it under root', () => {
  expect(findNobody('root:x:0:0::/root:/bin/sh\nnobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false\n')).toEqual({
    name: 'nobody',
    uid: -2,
    gid: -2,
  })
  expect(() => findNobody('root:x:0:0::/root:/bin/sh\n')).toThrow(
    "PostgreSQL refuses to run as root and there is no user 'nobody'; set DATABASE_URL",
  )
})
