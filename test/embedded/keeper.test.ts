import { renameSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { joinEmbedded, startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import { checkoutDir, dataOf, postmasterPid, processesOf, rowsOf, scratchWithData } from './scratch.ts'

// Whole servers start here, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

async function options() {
  const log: string[] = []
  return { checkoutDir, dataDir: dataOf(await scratchWithData()), log, remark: (line: string) => log.push(line) }
}

async function includes(log: readonly string[], line: string): Promise<void> {
  while (!log.includes(line)) await delay(20)
}

const isBack = 'PostgreSQL is back'
const kept = [{ answer: 42 }]

test('a killed server comes back where it was, for the gateway and for a tool that had joined it', async () => {
  const { log, remark, ...rest } = await options()
  await using gateway = await startEmbedded({ ...rest, log: remark })
  const said: string[] = []
  const tool = await joinEmbedded({ ...rest, log: line => said.push(line) })
  for (let round = 1; round <= 2; round += 1) {
    const pid = postmasterPid(gateway.clusterDir)
    process.kill(pid, 'SIGKILL')
    await includes(log, isBack)
    log.splice(0)
    expect(postmasterPid(gateway.clusterDir)).not.toBe(pid)
    expect(await rowsOf(gateway.connectionString, 'select answer from kept')).toEqual(kept)
    expect(await rowsOf(tool.connectionString, 'select answer from kept')).toEqual(kept)
  }
  await tool.stop()
  expect(said).toEqual([])
  expect(await rowsOf(gateway.connectionString, 'select answer from kept')).toEqual(kept)
  await gateway.stop()
  expect(await processesOf(rest.dataDir)).toEqual([])
})

test('a server that does not start is tried again until it does', async () => {
  const { log, remark, ...rest } = await options()
  await using gateway = await startEmbedded({ ...rest, log: remark })
  const { clusterDir } = gateway
  const pid = postmasterPid(clusterDir)
  renameSync(clusterDir, `${clusterDir}-away`)
  process.kill(pid, 'SIGKILL')
  await includes(log, 'PostgreSQL has ended; starting it again in 0.5 s')
  renameSync(`${clusterDir}-away`, clusterDir)
  await includes(log, isBack)
  expect(log.slice(0, 3)).toEqual([
    'PostgreSQL has ended; starting it again',
    `PostgreSQL did not start: there is no PostgreSQL cluster in ${clusterDir} any more`,
    'PostgreSQL has ended; starting it again in 0.5 s',
  ])
  expect(await rowsOf(gateway.connectionString, 'select answer from kept')).toEqual(kept)
})

test('a gateway that stops while its server is being started leaves none', async () => {
  const { log, remark, ...rest } = await options()
  const gateway = await startEmbedded({ ...rest, log: remark })
  process.kill(postmasterPid(gateway.clusterDir), 'SIGKILL')
  await includes(log, 'PostgreSQL has ended; starting it again')
  await gateway.stop()
  expect(await processesOf(rest.dataDir)).toEqual([])
  await using next = await startEmbedded({ ...rest, log: remark })
  expect(await rowsOf(next.connectionString, 'select answer from kept')).toEqual(kept)
})
