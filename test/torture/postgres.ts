import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'
import type { Random } from '../../src/seed/random.ts'

const checkoutDir = resolve(import.meta.dirname, '../..')

/** A PostgreSQL that keeps its promises (fsync is on), which can be killed and comes back at the same address. */
export class TorturedPostgres implements AsyncDisposable {
  readonly #directory: string
  readonly #embedded: EmbeddedPostgres

  private constructor(directory: string, embedded: EmbeddedPostgres) {
    this.#directory = directory
    this.#embedded = embedded
  }

  static async start(): Promise<TorturedPostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'orders-gateway-torture-'))
    // PostgreSQL does not run as root: another user must be able to pass.
    await chmod(directory, 0o711)
    const dataDir = join(directory, 'data')
    return new TorturedPostgres(directory, await startEmbedded({ dataDir, checkoutDir, log: () => {} }))
  }

  get url(): string {
    return this.#embedded.connectionString
  }

  /** Kills one process of the server; the postmaster ends all others and recovers by itself. */
  async killBackend(random: Random): Promise<void> {
    const children = await this.#children()
    if (children.length > 0) kill(random.pick(children))
  }

  /** Kills the postmaster and everything below it. */
  async killAll(): Promise<void> {
    const children = await this.#children()
    kill(await this.#postmaster())
    children.forEach(kill)
  }

  /** Waits until it answers again: whoever started it starts it again when it ends. */
  async answers(): Promise<void> {
    for (;;) {
      const client = new pg.Client({ connectionString: this.url, application_name: 'torture' })
      client.on('error', () => {})
      const isThere = await client.connect().then(
        () => true,
        () => false,
      )
      await client.end().catch(() => {})
      if (isThere) return
      await delay(20)
    }
  }

  async #postmaster(): Promise<number> {
    const file = await readFile(join(this.#embedded.clusterDir, 'postmaster.pid'), 'utf8')
    return Number(file.split('\n', 1)[0])
  }

  async #children(): Promise<number[]> {
    const postmaster = await this.#postmaster()
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
    const parents = await Promise.all(pids.map(parentOf))
    return pids.filter((_, index) => parents[index] === postmaster)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#embedded.stop()
    await rm(this.#directory, { recursive: true, force: true })
    await rm(resolve(this.#embedded.clusterDir, '..'), { recursive: true, force: true })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was faster.
  }
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
