import { Changes, type Snapshot } from '../events/changes.ts'
import { type EventType, eventTypes, type SubjectType } from '../events/event.ts'
import { type InvoiceStatus, isEditable } from '../invoices/invoice.ts'
import type { LineItemRow } from '../orders/line-item-store.ts'
import type { ServiceStatus } from '../orders/order.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { addServiceStatusEvents, columnsOfServiceStatus } from '../orders/service-status.ts'
import { amountOf } from './amounts.ts'
import { type NewInvoice, newInvoice, newLines, newOrder } from './draft-order.ts'
import { invoiceStatusEvents } from './invoice-status-events.ts'
import type { OrderWrite } from './order-course.ts'
import type { OrderPlan } from './plan-order.ts'
import type { SeedWorkspace } from './seed-workspace.ts'

/** A status that an order or an invoice got: which write gave it, and which of the write's events tells of it. */
export interface StatusNote<Status> {
  from: Status | null
  to: Status
  at: string
  write: number
  event: number
}

/** An invoice of a story. */
interface StoryInvoice extends NewInvoice {
  notes: StatusNote<InvoiceStatus>[]
}

/** An event about a story's order, or about the invoice that the write was on. */
interface StoryEvent {
  type: EventType
  subject: SubjectType
}

type InvoiceWrite = Extract<OrderWrite, { kind: 'invoice' | 'flip' }>

// Ids are given to events where they are written: most never are.
class StoryChanges extends Changes {
  override add(type: EventType, snapshot: Snapshot): string {
    this.events.push({ id: '', type, snapshot })
    return ''
  }
}

/** The rows of one order, led through its plan write by write as the commands would lead them (decisions 1 and 2). */
export class OrderStory {
  readonly order: OrderRow
  readonly lines: LineItemRow[]
  readonly notes: StatusNote<ServiceStatus>[] = []
  readonly invoices: StoryInvoice[] = []
  readonly #plan: OrderPlan
  readonly #workspace: SeedWorkspace
  readonly #orderSubject: Snapshot
  readonly #invoiceSubject: Snapshot
  readonly #changes = new StoryChanges()
  #write = -1

  /** `given` are the addresses. Invoices get their numbers from outside: they follow the time of all orders. */
  constructor(plan: OrderPlan, workspace: SeedWorkspace, given: Partial<OrderRow>) {
    this.#plan = plan
    this.#workspace = workspace
    this.order = newOrder(plan, workspace, given)
    this.lines = newLines(plan, workspace, this.order)
    // Only the types of the events matter here: their data is written from the rows.
    this.#orderSubject = { subjectType: 'Order', subjectId: this.order.id, liveMode: plan.liveMode, data: {} }
    this.#invoiceSubject = { ...this.#orderSubject, subjectType: 'Orders::Invoice' }
  }

  /** Does all writes up to and including that one. */
  playTo(write: number): this {
    while (this.#write < write) {
      this.#write += 1
      this.#changes.events.length = 0
      const next = this.#plan.writes[this.#write]
      if (next !== undefined) this.#play(next, new Date(next.at).toISOString())
    }
    return this
  }

  /** Does all writes that are left. */
  playToEnd(): this {
    return this.playTo(this.#plan.writes.length - 1)
  }

  /** The events of the last write that was done, in their order. */
  events(): StoryEvent[] {
    return this.#changes.events.map(({ type, snapshot }) => ({ type, subject: snapshot.subjectType }))
  }

  #play(write: OrderWrite, now: string): void {
    switch (write.kind) {
      case 'order':
        this.#create(write.status, write.columns, now)
        break
      case 'service':
        this.#serve(write.status, write.columns, now)
        break
      case 'update':
        this.#change(write.columns, now)
        this.#add('order.updated')
        break
      case 'invoice':
        this.#issue(write, now)
        break
      case 'flip':
        this.#flip(write, now)
        break
    }
  }

  #create(status: ServiceStatus, columns: Partial<OrderRow>, now: string): void {
    const { order } = this
    const derived = columnsOfServiceStatus(status, { activated_at: columns.activated_at ?? null }, now)
    Object.assign(order, derived, columns, { service_status: status, created_at: now, updated_at: now })
    for (const line of this.lines) Object.assign(line, { created_at: now, updated_at: now })
    const created = this.#add('order.created')
    addServiceStatusEvents(this.#changes, this.#orderSubject, order, false)
    this.#note(null, status, now, this.#statusEvent(created))
    if (order.in_trial) this.#add('subscription.trial_started')
  }

  #serve(status: ServiceStatus, columns: Partial<OrderRow>, now: string): void {
    const { order } = this
    const from = order.service_status
    const wasActive = this.notes.some(({ to }) => to === 'active')
    this.#change({ ...columnsOfServiceStatus(status, order, now), ...columns, service_status: status }, now)
    const updated = this.#add('order.updated')
    // Nothing tells of a one-time order that its processor drops (domain 10.2).
    if (order.order_type === 'subscription-order' || status === 'completed') {
      addServiceStatusEvents(this.#changes, this.#orderSubject, order, wasActive)
    }
    this.#note(from, status, now, this.#statusEvent(updated))
  }

  #issue(write: Extract<InvoiceWrite, { kind: 'invoice' }>, now: string): void {
    const { status, type, discount } = write
    const dueAt = write.dueAt === null ? null : new Date(write.dueAt).toISOString()
    // What was paid and given back before it was written here was paid a day ago.
    const isImport = status === 'refunded' || status === 'disputed'
    const paidAt = isImport ? new Date(write.at - this.#workspace.timeline.lifeDay).toISOString() : null
    const invoice = newInvoice(this.#plan, this.#workspace, this.order, {
      place: write.invoice,
      now,
      status,
      type,
      dueAt,
      paidAt: status === 'paid' ? now : paidAt,
      discount,
    })
    const story = { ...invoice, notes: [] }
    this.invoices.push(story)
    this.#record(story, null, false, now)
  }

  #flip(write: Extract<InvoiceWrite, { kind: 'flip' }>, now: string): void {
    const invoice = this.invoices[write.invoice]
    if (invoice === undefined) throw new Error(`order ${this.order.id} has no invoice to flip`)
    const { row } = invoice
    const { status: from, paid_at: paidBefore } = row
    row.status = write.status
    row.due_amount = isEditable(row.status) ? row.total_amount : amountOf(0, row.currency)
    if (row.status === 'paid') row.paid_at = paidBefore ?? now
    if (write.dueAt !== null) row.due_at = new Date(write.dueAt).toISOString()
    row.version += 1
    row.updated_at = now
    this.#record(invoice, from, paidBefore !== null, now)
  }

  /** What every write on an invoice ends with: its order follows, and the events are told in their order. */
  #record({ row, notes }: StoryInvoice, from: InvoiceStatus | null, wasPaid: boolean, now: string): void {
    const { order } = this
    const isOneTime = order.order_type === 'one-time-order'
    const isPaid = row.status === 'paid'
    const completes = isPaid && isOneTime && order.service_status === 'pending'
    const counts = isPaid && !isOneTime && !wasPaid
    const isFirstPayment = counts && order.recurring_invoices_paid_count === 0
    const billing = this.invoices.at(-1)?.row.status ?? 'pending'
    const isChanged = billing !== order.billing_status || completes || counts
    if (isChanged) {
      this.#change({ billing_status: billing, ...(completes && { service_status: 'completed' }) }, now)
      if (counts) order.recurring_invoices_paid_count += 1
    }
    let event = this.#add(from === null ? 'orders/invoice.created' : 'orders/invoice.updated')
    const [first, ...rest] = invoiceStatusEvents(row.status, order)
    if (first !== undefined) event = this.#add(first)
    for (const type of rest) this.#add(type)
    notes.push({ from, to: row.status, at: now, write: this.#write, event })
    if (row.status === 'refunded' && isOneTime) this.#add('one_time_order.refunded')
    if (isChanged) this.#add('order.updated')
    if (completes) {
      this.#note('pending', 'completed', now, this.#add('order.completed'))
      this.#add('one-time-order.completed')
    }
    if (isFirstPayment) this.#add('subscription.first_payment_received')
  }

  #change(columns: Partial<OrderRow>, now: string): void {
    const { order } = this
    Object.assign(order, columns, { updated_at: now })
    order.version += 1
  }

  #note(from: ServiceStatus | null, to: ServiceStatus, at: string, event: number): void {
    this.notes.push({ from, to, at, write: this.#write, event })
  }

  /** The event that tells of a status: the one after that of the write, if there is one. */
  #statusEvent(ofWrite: number): number {
    return Math.min(ofWrite + 1, this.#changes.events.length - 1)
  }

  /** Adds an event; its place among those of the write. */
  #add(type: EventType): number {
    this.#changes.add(type, eventTypes[type].subject === 'Order' ? this.#orderSubject : this.#invoiceSubject)
    return this.#changes.events.length - 1
  }
}
