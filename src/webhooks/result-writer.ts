import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type Result, writeResults } from './result-store.ts'
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
        const written = await this.#write(batch)
        failures = 0
        this.#onWritten(written)
      } catch (error) {
        this.#onError(error)
        if (this.#isClosing) return
        failures += 1
        this.#waiting.unshift(...batch)
      }
    }
  }

  async #write(batch: readonly Result[]): Promise<readonly Result[]> {
    const { written, times } = await this.#db.transaction().execute(async trx => {
      const written = await writeResults(trx, batch)
      const times = this.#wakes.missing(written.flatMap(({ waitMs, holdMs }) => [waitMs ?? [], holdMs ?? []].flat()))
      await this.#wakes.add(trx, times)
      return { written, times }
    })
    this.#wakes.remember(times)
    return written
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
