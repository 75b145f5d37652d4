import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { holdEndpoints, noteHealth, type Result, writeResults } from './result-store.ts'
import type { Wakes } from './wakes.ts'

const maxBatch = 250
const gapMs = 10
const maxBackoffMs = 5_000

/** Writes results in batches, one after the other, and tries again as long as the database is away. */
export class ResultWriter {
  readonly #db: Kysely<DB>
  readonly #wakes: Wakes
  readonly #onWritten: (results: readonly Result[]) => void
  readonly #onError: (error: unknown) => void
  #waiting: Result[] = []
  #writing: Promise<void> | undefined
  #isClosing = false

  constructor(
    db: Kysely<DB>,
    wakes: Wakes,
    onWritten: (results: readonly Result[]) => void,
    onError: (error: unknown) => void,
  ) {
    this.#db = db
    this.#wakes = wakes
    this.#onWritten = onWritten
    this.#onError = onError
  }

  /** Results that are not written yet. */
  get backlog(): number {
    return this.#waiting.length
  }

  add(result: Result): void {
    this.#waiting.push(result)
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
  }

  /** Writes what there is. After this a failure is not tried again: others will take what is not written. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    for (let failures = 0; this.#waiting.length > 0; ) {
      await sleep(this.#isClosing ? 0 : failures === 0 ? gapMs : Math.min(maxBackoffMs, 100 * 2 ** failures))
      const batch = this.#waiting.splice(0, maxBatch)
      try {
        await this.#write(batch)
        failures = 0
        this.#onWritten(batch)
      } catch (error) {
        this.#onError(error)
        if (this.#isClosing) return
        failures += 1
        this.#waiting.unshift(...batch)
      }
    }
  }

  async #write(batch: readonly Result[]): Promise<void> {
    const health = healthOf(batch)
    const holds = holdsOf(batch)
    const waits = batch.flatMap(({ waitMs }) => waitMs ?? [])
    const times = this.#wakes.missing([...waits, ...holds.map(({ holdMs }) => holdMs)])
    if (health.length === 0 && holds.length === 0 && times.length === 0) return writeResults(this.#db, batch)
    await this.#db.transaction().execute(async trx => {
      await writeResults(trx, batch)
      await this.#wakes.add(trx, times)
      await noteHealth(trx, health)
      await holdEndpoints(trx, holds)
    })
    this.#wakes.remember(times)
  }
}

// Where an endpoint had both in one batch, it works.
function healthOf(batch: readonly Result[]) {
  const endpoints = new Map<string, { workspaceId: string; endpointId: string; isFailing: boolean }>()
  for (const { queued, status, wasFailing } of batch) {
    const isFailing = status !== 'delivered'
    if (isFailing === wasFailing) continue
    const key = `${queued.workspace_id}/${queued.endpoint_id}`
    if (isFailing && endpoints.has(key)) continue
    endpoints.set(key, { workspaceId: queued.workspace_id, endpointId: queued.endpoint_id, isFailing })
  }
  return [...endpoints.values()]
}

function holdsOf(batch: readonly Result[]) {
  const endpoints = new Map<string, { workspaceId: string; endpointId: string; holdMs: number }>()
  for (const { queued, holdMs = 0 } of batch) {
    const key = `${queued.workspace_id}/${queued.endpoint_id}`
    if (holdMs <= (endpoints.get(key)?.holdMs ?? 0)) continue
    endpoints.set(key, { workspaceId: queued.workspace_id, endpointId: queued.endpoint_id, holdMs })
  }
  return [...endpoints.values()]
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
