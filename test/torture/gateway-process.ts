import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../src/seed/random.ts'

const checkoutDir = resolve(import.meta.dirname, '../..')
// PostgreSQL may be killed under one start after the other, and a busy machine starts slowly.
const readyMs = 180_000

/** A gateway at an address of its own that is started, killed and started again. */
export class GatewayProcess implements AsyncDisposable {
  readonly name: string
  readonly port: number
  readonly logFile: string
  /** Starts that came to nothing, as they must while PostgreSQL is away. */
  failedStarts = 0
  starts = 0
  kills = 0
  /** Ends that nobody asked for, with the last words. */
  readonly deaths: string[] = []
  readonly #env: Record<string, string>
  #child: ChildProcess | undefined
  #readyAt = 0

  constructor(name: string, port: number, { env, directory }: { env: Record<string, string>; directory: string }) {
    this.name = name
    this.port = port
    this.logFile = join(directory, `gateway-${name}.log`)
    this.#env = { PATH: process.env.PATH ?? '', LOG_LEVEL: 'warn', LOG_FORMAT: 'json', PORT: String(port), ...env }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`
  }

  /** Of the process that runs and is ready; undefined when there is none. */
  get running(): { pid: number; readyAt: number } | undefined {
    const pid = this.#child?.pid
    return pid === undefined || this.#readyAt === 0 ? undefined : { pid, readyAt: this.#readyAt }
  }

  /** Starts it, as often as it takes until it is ready, as a service manager would. */
  async start(): Promise<void> {
    const deadline = performance.now() + readyMs
    for (;;) {
      const output = openSync(this.logFile, 'a')
      const child = spawn(process.execPath, ['--inspect-port=0', 'src/main.ts', 'start', '--json'], {
        cwd: checkoutDir,
        env: this.#env,
        stdio: ['ignore', output, output],
      })
      closeSync(output)
      this.#child = child
      this.starts += 1
      child.once('exit', (code, signal) => {
        if (this.#child !== child) return
        this.#child = undefined
        if (this.#readyAt === 0) this.failedStarts += 1
        else this.deaths.push(`${this.name} ended with ${code ?? signal}: ${this.#lastWords()}`)
        this.#readyAt = 0
      })
      if (await this.#isReady(child)) {
        this.#readyAt = performance.now()
        return
      }
      if (performance.now() > deadline) throw new Error(`gateway ${this.name} does not start: ${this.#lastWords()}`)
      await delay(200)
    }
  }

  /** Kills it with -9. */
  async kill(): Promise<void> {
    this.kills += 1
    await this.#end('SIGKILL')
  }

  /** Stops it in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    this.#readyAt = 0
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  async #isReady(child: ChildProcess): Promise<boolean> {
    const health = `http://127.0.0.1:${this.port}/health/ready`
    while (child.exitCode === null && child.signalCode === null) {
      const isReady = await fetch(health, { signal: AbortSignal.timeout(2_000) }).then(
        ({ ok, body }) => body?.cancel().then(() => ok),
        () => false,
      )
      if (isReady) return true
      await delay(50)
    }
    return false
  }

  #lastWords(): string {
    return readFileSync(this.logFile, 'utf8').slice(-1_500)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL')
  }
}

/** A port that nobody uses now, of those that no outgoing connection takes while the gateway is away. */
export async function freePort(random: Random): Promise<number> {
  for (;;) {
    const port = random.integer(20_000, 29_999)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
