import { setTimeout as delay } from 'node:timers/promises'
import type { Runner, TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import { leaseSeconds } from './queue-store.ts'
import { dueTask } from './wakes.ts'

const upkeepTask = 'webhooks_upkeep'
const restartMs = 5_000

interface WakeWorkerOptions {
  /** Connections of its own. */
  pool: Pool
  /** The schema that graphile-worker keeps its tables in. */
  schema: string
  /** Without prepared statements, for poolers in transaction mode. */
  prepare: boolean
  /** Sends what is due; true: something is left, so look again soon. */
  due: () => Promise<boolean>
  /** What has to be done every hour. */
  upkeep: () => Promise<void>
  onError: (error: unknown) => void
}

const leftMs = 5_000

// It takes long to load, and a start does without it.
const loadWorker = () => import('graphile-worker')

/** graphile-worker, which wakes what is due in some process of the database, and does the hourly upkeep in one of them. */
export class WakeWorker implements AsyncDisposable {
  readonly #options: WakeWorkerOptions
  readonly #stop = new AbortController()
  #runner: Runner | undefined
  #running: Promise<void> | undefined

  constructor(options: WakeWorkerOptions) {
    this.#options = options
    const { pool, onError } = options
    // A pool that ends does not wait for its connections: PostgreSQL may find one when it stops.
    const onLost = (error: Error) => {
      if (!this.#stop.signal.aborted) onError(error)
    }
    pool.on('error', onLost)
    pool.on('connect', client => client.on('error', onLost))
  }

  /** Brings graphile-worker's tables up to date and begins to work. Throws what the database refuses. */
  async start(): Promise<void> {
    const { runMigrations } = await loadWorker()
    await runMigrations(await this.#shared())
    this.#running = this.#keepRunning()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#stopRunner()
    await this.#running
    await this.#options.pool.end()
  }

  async #shared() {
    const { Logger } = await loadWorker()
    const { pool, schema, prepare, onError } = this.#options
    return {
      pgPool: pool,
      schema,
      noPreparedStatements: !prepare,
      logger: new Logger(() => (level, message, meta) => {
        if (level !== 'error' || this.#stop.signal.aborted) return
        onError(new Error(`graphile-worker: ${message}`, { cause: meta?.error ?? meta?.fatalError }))
      }),
    }
  }

  async #run(): Promise<Runner> {
    const { parseCronItems, run } = await loadWorker()
    const { due, upkeep } = this.#options
    const taskList: TaskList = {
      [dueTask]: async (_payload, { addJob }) => {
        if (!(await due())) return
        const runAt = new Date((Math.floor(Date.now() / leftMs) + 1) * leftMs)
        await addJob(dueTask, {}, { runAt, jobKey: `${dueTask}/left/${runAt.getTime()}` })
      },
      [upkeepTask]: upkeep,
    }
    return run({
      ...(await this.#shared()),
      taskList,
      // Written down one by one, the end of a job that the database does not take would be nobody's error and end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      parsedCronItems: parseCronItems([{ task: upkeepTask, match: '7 * * * *', identifier: upkeepTask }]),
      concurrency: 2,
      pollInterval: 1_000,
      noHandleSignals: true,
    })
  }

  // Whoever died over a job keeps it from others for hours. What it should have sent is due now, or when its leases end.
  async #wakeForTheDead(runner: Runner): Promise<void> {
    for (const waitMs of [0, leaseSeconds * 1_000 + leftMs])
      await runner.addJob(dueTask, {}, { runAt: new Date(Date.now() + waitMs) })
  }

  async #stopRunner(): Promise<void> {
    await this.#runner?.stop().catch(() => {})
  }

  // It gives up after some failures in a row: the database may be away for longer.
  async #keepRunning(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        this.#runner = await this.#run()
        const { promise } = this.#runner
        // Or stopped, while it was being started.
        const begun = signal.aborted ? this.#stopRunner() : this.#wakeForTheDead(this.#runner)
        await Promise.all([promise, begun])
      } catch (error) {
        if (!signal.aborted) this.#options.onError(error)
        await this.#stopRunner()
      }
      this.#runner = undefined
      await delay(restartMs, undefined, { signal }).catch(() => {})
    }
  }
}
