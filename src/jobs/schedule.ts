import type { Databases } from '../database/connect.ts'
import { deleteIdempotencyKeys } from './delete-idempotency-keys.ts'
import { deleteStreamTickets } from './delete-stream-tickets.ts'
import { dropExpiredEvents } from './drop-expired-events.ts'
import { makeEventPartitions } from './make-event-partitions.ts'

/** Where jobs say what they did; pino is one. */
export interface JobLog {
  info(details: object, message: string): void
  error(details: { err: unknown }, message: string): void
}

interface JobOptions {
  /** Days that events stay in the log. */
  retentionDays: number
  log: JobLog
}

/** The background jobs of a process; disposing of them stops them and waits for the one that runs. */
interface Jobs extends AsyncDisposable {
  /** Resolves when every job has run once. */
  firstRun: Promise<void>
}

interface Job {
  name: string
  everyMs: number
  /** What it did, for the log; undefined when there was nothing to do. */
  run(signal: AbortSignal): Promise<object | undefined>
}

const hourMs = 3_600_000

/** Every background job and when it runs. */
function allJobs({ db }: Databases, retentionDays: number): Job[] {
  return [
    {
      name: 'make event partitions',
      everyMs: hourMs,
      async run(signal) {
        const days = await makeEventPartitions(db, signal)
        return days.length === 0 ? undefined : { days }
      },
    },
    {
      name: 'drop expired events',
      everyMs: hourMs,
      async run(signal) {
        const days = await dropExpiredEvents(db, retentionDays, signal)
        return days.length === 0 ? undefined : { days }
      },
    },
    {
      name: 'delete idempotency keys',
      everyMs: hourMs,
      async run(signal) {
        const keys = await deleteIdempotencyKeys(db, signal)
        return keys === 0 ? undefined : { keys }
      },
    },
    {
      name: 'delete stream tickets',
      everyMs: hourMs,
      async run(signal) {
        const tickets = await deleteStreamTickets(db, signal)
        return tickets === 0 ? undefined : { tickets }
      },
    },
  ]
}

/** Runs every job now and then at its time, one after the other, until it is disposed of. */
export function startJobs(databases: Databases, { retentionDays, log }: JobOptions): Jobs {
  const stop = new AbortController()
  const { signal } = stop
  const timers = new Set<NodeJS.Timeout>()
  let turn: Promise<void> = Promise.resolve()

  async function run(job: Job): Promise<void> {
    if (signal.aborted) return
    try {
      const done = await job.run(signal)
      if (done !== undefined) log.info(done, `job done: ${job.name}`)
    } catch (err) {
      if (!signal.aborted) log.error({ err }, `job failed: ${job.name}`)
    }
    if (!signal.aborted) later(job)
  }

  // Processes that were started together drift apart.
  function later(job: Job): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        turn = turn.then(() => run(job))
      },
      job.everyMs * (0.9 + Math.random() * 0.2),
    )
    timers.add(timer.unref())
  }

  for (const job of allJobs(databases, retentionDays)) turn = turn.then(() => run(job))
  return {
    firstRun: turn,
    async [Symbol.asyncDispose]() {
      stop.abort()
      for (const timer of timers) clearTimeout(timer)
      await turn
    },
  }
}
