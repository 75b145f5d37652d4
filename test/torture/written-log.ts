import type pg from 'pg'
import { typesOfGroup } from '../../src/events/event-groups.ts'
import { addIds, idNumber } from './id-sum.ts'

/** An event as the judge needs it. */
export interface WrittenEvent {
  sequence: number
  id: string
  type: string
  /** Type and id of what it is about. */
  subject: string
}

/** What the log of a workspace holds in the end, with sums of the ids up to each sequence. */
export class WrittenLog {
  readonly workspaceId: string
  /** In order; the one with sequence n stands at n - 1 where nothing is missing. */
  readonly events: readonly WrittenEvent[]
  /** Where the counter says that the log ends. */
  readonly last: number
  readonly #all: Sums
  readonly #invoices: Sums

  private constructor(workspaceId: string, events: readonly WrittenEvent[], last: number) {
    this.workspaceId = workspaceId
    this.events = events
    this.last = last
    const invoiceTypes = new Set<string>(typesOfGroup('INVOICE'))
    this.#all = new Sums(events, () => true)
    this.#invoices = new Sums(events, ({ type }) => invoiceTypes.has(type))
  }

  static async read(client: pg.Client, workspaceId: string): Promise<WrittenLog> {
    const { rows } = await client.query<{ sequence: string; id: string; type: string; subject: string }>(
      `select sequence, id, type, subject_type || '/' || subject_id as subject from events
       where workspace_id = $1 order by sequence`,
      [workspaceId],
    )
    const counter = await client.query<{ last: string }>(
      'select last_sequence as last from workspace_counters where workspace_id = $1',
      [workspaceId],
    )
    const events = rows.map(row => ({ ...row, sequence: Number(row.sequence) }))
    return new WrittenLog(workspaceId, events, Number(counter.rows[0]?.last))
  }

  /** How many events lie after one sequence and up to another, and what their ids add up to. */
  between(after: number, upTo: number, isFiltered: boolean): { count: number; ids: number } {
    return (isFiltered ? this.#invoices : this.#all).between(after, upTo)
  }
}

class Sums {
  readonly #counts: Uint32Array
  readonly #ids: Uint32Array

  constructor(events: readonly WrittenEvent[], matches: (event: WrittenEvent) => boolean) {
    this.#counts = new Uint32Array(events.length + 1)
    this.#ids = new Uint32Array(events.length + 1)
    events.forEach((event, index) => {
      const isIn = matches(event)
      this.#counts[index + 1] = (this.#counts[index] ?? 0) + (isIn ? 1 : 0)
      this.#ids[index + 1] = addIds(this.#ids[index] ?? 0, isIn ? idNumber(event.id) : 0)
    })
  }

  between(after: number, upTo: number): { count: number; ids: number } {
    const count = (this.#counts[upTo] ?? Number.NaN) - (this.#counts[after] ?? Number.NaN)
    return { count, ids: ((this.#ids[upTo] ?? 0) - (this.#ids[after] ?? 0)) >>> 0 }
  }
}
