import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attachTool, hasAttachedTools } from '../../src/database/embedded/attached-tools.ts'
import { joinEmbedded, startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import {
  checkoutDir,
  copiedBinaries,
  dataOf,
  embeddedProcess,
  postmasterPid,
  processesOf,
  rowsOf,
  scratch,
  scratchWithData,
} from './scratch.ts'

function optionsFor(directory: string) {
  return { checkoutDir, dataDir: dataOf(directory), log() {} }
}

test('a tool joins the server of a running gateway and leaves it running', async () => {
  const options = optionsFor(await scratchWithData())
  const gateway = await embeddedProcess('start', options.dataDir)
  const tool = await joinEmbedded(options)
  expect(tool).toMatchObject({ adopted: true, connectionString: gateway.said.connectionString })
  await tool.stop()
  expect(await rowsOf(gateway.said.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a tool alone starts the server and stops it again', async () => {
  const options = optionsFor(scratch())
  const tool = await joinEmbedded(options)
  expect(tool.adopted).toBe(false)
  expect(await rowsOf(tool.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  await tool[Symbol.asyncDispose]()
  expect(await processesOf(options.dataDir)).toEqual([])
  expect(readdirSync(options.dataDir).sort()).toEqual([
    'postgres',
    'postgres-password',
    'postgres.log',
    ...copiedBinaries,
  ])
})

test('tools at the same time share one server, and the last one stops it', async () => {
  const options = optionsFor(scratch())
  const [here, there] = await Promise.all([joinEmbedded(options), embeddedProcess('join', options.dataDir)])
  expect(there.said.connectionString).toBe(here.connectionString)
  await here.stop()
  expect(await rowsOf(here.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  await there.kill('SIGTERM')
  expect(await processesOf(options.dataDir)).toEqual([])
})

test('a gateway takes the server over from a tool, which then leaves it alone', async () => {
  const options = optionsFor(await scratchWithData())
  const tool = await joinEmbedded(options)
  const pid = postmasterPid(tool.clusterDir)
  await using gateway = await startEmbedded(options)
  expect(gateway.adopted).toBe(true)
  await tool.stop()
  expect(postmasterPid(gateway.clusterDir)).toBe(pid)
  expect(await rowsOf(gateway.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a tool that starts while the gateway does waits for its server', async () => {
  const options = optionsFor(scratch())
  const [gateway, tool] = await Promise.all([
    embeddedProcess('start', options.dataDir),
    embeddedProcess('join', options.dataDir),
  ])
  expect(gateway.said.connectionString).toMatch(/^postgresql:/)
  expect(tool.said.connectionString).toBe(gateway.said.connectionString)
  await tool.kill('SIGTERM')
  expect(await rowsOf(gateway.said.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('the server of a killed gateway is stopped by the tool that used it last', async () => {
  const options = optionsFor(await scratchWithData())
  const gateway = await embeddedProcess('start', options.dataDir)
  const tool = await joinEmbedded(options)
  await gateway.kill('SIGKILL')
  await tool.stop()
  expect(await processesOf(options.dataDir)).toEqual([])
})

test('a killed tool does not count as one that uses the server', async () => {
  const dataDir = scratch()
  const detach = attachTool(dataDir)
  expect(hasAttachedTools(dataDir)).toBe(true)
  detach()
  expect(hasAttachedTools(dataDir)).toBe(false)

  const options = optionsFor(await scratchWithData())
  const killed = await embeddedProcess('join', options.dataDir)
  expect(readdirSync(join(options.dataDir, 'tools'))).toHaveLength(1)
  await killed.kill('SIGKILL')
  expect(hasAttachedTools(options.dataDir)).toBe(false)
  const tool = await joinEmbedded(options)
  expect(tool.adopted).toBe(true)
  await tool.stop()
  expect(await processesOf(options.dataDir)).toEqual([])
})
