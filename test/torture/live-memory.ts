import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { GatewayProcess } from './gateway-process.ts'

const patienceMs = 60_000

// A debugger stays open and says so once.
const opened = new Map<number, string>()

/** Megabytes that a gateway holds when its garbage is collected; asked over the debugger, which it opens on a signal. */
export async function liveMegabytes({ running, logFile }: GatewayProcess): Promise<number> {
  if (running === undefined) return Number.NaN
  const address = opened.get(running.pid) ?? (await openDebugger(running.pid, logFile))
  opened.set(running.pid, address)
  const socket = new WebSocket(address)
  await once(socket, 'open')
  await ask(socket, 1, 'HeapProfiler.collectGarbage')
  const expression = '{ const { heapUsed, external } = process.memoryUsage(); heapUsed + external }'
  const bytes = await ask(socket, 2, 'Runtime.evaluate', { expression })
  socket.terminate()
  return Math.round(Number(bytes) / 1024 ** 2)
}

async function openDebugger(pid: number, logFile: string): Promise<string> {
  const said = await addressesIn(logFile)
  process.kill(pid, 'SIGUSR1')
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; ) {
    await delay(50)
    const address = (await addressesIn(logFile))[said.length]
    if (address !== undefined) return address
  }
  throw new Error('the gateway opens no debugger')
}

async function addressesIn(logFile: string): Promise<string[]> {
  const text = await readFile(logFile, 'utf8')
  return [...text.matchAll(/^Debugger listening on (ws:\S+)$/gm)].map(([, address = '']) => address)
}

async function ask(socket: WebSocket, id: number, method: string, params = {}): Promise<unknown> {
  socket.send(JSON.stringify({ id, method, params }))
  for (;;) {
    const [message] = await once(socket, 'message')
    const answer = JSON.parse(String(message)) as { id?: number; result?: { result?: { value?: unknown } } }
    if (answer.id === id) return answer.result?.result?.value
  }
}
