import type { InvoiceStatus, InvoiceType } from '../invoices/invoice.ts'
import type { ServiceStatus } from '../orders/order.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { maxInvoices } from './seed-workspace.ts'
import type { Timeline } from './timeline.ts'

/** One write in the life of an order. Times are Unix milliseconds; invoices are named by their place among the order's. */
export type OrderWrite =
  | { at: number; kind: 'order'; status: ServiceStatus; columns: Partial<OrderRow> }
  | {
      at: number
      kind: 'invoice'
      invoice: number
      status: InvoiceStatus
      type: InvoiceType
      dueAt: number | null
      /** Percent off the first line. */
      discount: number
    }
  | { at: number; kind: 'flip'; invoice: number; status: InvoiceStatus; dueAt: number | null }
  | { at: number; kind: 'service'; status: ServiceStatus; columns: Partial<OrderRow> }
  | { at: number; kind: 'update'; columns: Partial<OrderRow> }

/** The writes of an order one after the other, up to the end of its timeline. */
export class OrderCourse {
  readonly writes: OrderWrite[] = []
  readonly timeline: Timeline
  /** When the next write happens; Unix milliseconds. */
  at: number
  #invoices = 0

  constructor(timeline: Timeline, at: number) {
    this.timeline = timeline
    this.at = at
  }

  /** Lets so many days of the order's life pass. */
  wait(days: number): void {
    this.at += Math.floor(days * this.timeline.lifeDay)
  }

  create(status: ServiceStatus, columns: Partial<OrderRow> = {}): void {
    this.#add({ at: this.at, kind: 'order', status, columns })
  }

  serve(status: ServiceStatus, columns: Partial<OrderRow> = {}): void {
    this.#add({ at: this.at, kind: 'service', status, columns })
  }

  update(columns: Partial<OrderRow>): void {
    this.#add({ at: this.at, kind: 'update', columns })
  }

  /** Whether the order can get another invoice. */
  get hasRoom(): boolean {
    return this.#invoices < maxInvoices
  }

  /** Issues an invoice, due in so many days or never; its place among the order's. */
  invoice(status: InvoiceStatus, type: InvoiceType, dueDays: number | null, discount: number): number {
    const invoice = this.#invoices
    this.#invoices += 1
    this.#add({ at: this.at, kind: 'invoice', invoice, status, type, dueAt: this.#in(dueDays), discount })
    return invoice
  }

  /** Flips an invoice; only a reissue has a new due date. */
  flip(invoice: number, status: InvoiceStatus, dueDays: number | null = null): void {
    this.#add({ at: this.at, kind: 'flip', invoice, status, dueAt: this.#in(dueDays) })
  }

  #in(days: number | null): number | null {
    return days === null ? null : Math.floor(this.at + days * this.timeline.lifeDay)
  }

  // What comes after the end has not happened yet.
  #add(write: OrderWrite): void {
    if (write.at < this.timeline.end) this.writes.push(write)
  }
}
