import { randomUUID } from 'node:crypto'
import type { OperationNodeSource, QueryCreator, Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type EventType, eventTypes, type SubjectType } from './event.ts'

/** A subject as it is at the end of a transaction; all events of the transaction about it share it. */
export interface Snapshot {
  subjectType: SubjectType
  subjectId: string
  /** Null for subjects that have no mode (contacts, products). */
  liveMode: boolean | null
  /** The resource as ClickFunnels' API serialises it; becomes the webhook body's `data`. */
  data: object
}

interface EventDraft {
  id: string
  type: EventType
  snapshot: Snapshot
}

/** A write that goes out in one statement with the events. */
export type WriteAlong = (db: QueryCreator<DB>) => OperationNodeSource

type Numbering = (number: string) => WriteAlong
type InvoiceNumbering = (trx: Transaction<DB>, last: string) => Promise<string>

/** What a command writes to the log at its end: collected while it works, appended under the counter lock. */
export class Changes {
  readonly events: EventDraft[] = []
  orderNumbering: Numbering | undefined
  invoiceNumbering: InvoiceNumbering | undefined
  lastWrite: ((trx: Transaction<DB>) => Promise<void>) | undefined
  readonly writesAlong: WriteAlong[] = []

  /** Adds an event; returns its id. Events stand in the log in the order they were added. */
  add(type: EventType, snapshot: Snapshot): string {
    if (eventTypes[type].subject !== snapshot.subjectType)
      throw new Error(`${type} is not about ${snapshot.subjectType}`)
    const id = randomUUID()
    this.events.push({ id, type, snapshot })
    return id
  }

  /** Writes something in one statement with the events: no two may touch the same row, nor see each other. */
  writeAlong(write: WriteAlong): void {
    this.writesAlong.push(write)
  }

  /** Takes the workspace's next order number under the counter lock and hands it to `assign`, which writes it. */
  numberOrder(assign: Numbering): void {
    this.orderNumbering = assign
  }

  /** Hands `assign` the last invoice number that was dealt out, under the counter lock; it returns the one it took. */
  numberInvoice(assign: InvoiceNumbering): void {
    this.invoiceNumbering = assign
  }

  /** Runs `write` under the counter lock: for unique values that the counter deals out too. */
  writeLast(write: (trx: Transaction<DB>) => Promise<void>): void {
    this.lastWrite = write
  }
}
