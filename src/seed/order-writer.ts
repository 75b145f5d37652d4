import type { ContactRow } from '../contacts/contact-store.ts'
import type { Snapshot } from '../events/changes.ts'
import { invoiceSnapshot } from '../invoices/invoice-body.ts'
import { orderSnapshot } from '../orders/order-snapshot.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { syncedAddress } from '../orders/sync-address.ts'
import { publicId } from '../shared/public-id.ts'
import type { BulkLoader } from './bulk-loader.ts'
import { numberInvoice } from './draft-order.ts'
import { OrderStory, type StatusNote } from './order-story.ts'
import { givenColumns, type OrderPlan, planOrder } from './plan-order.ts'
import type { Schedule } from './schedule.ts'
import type { SeedCatalog } from './seed-catalog.ts'
import type { ContactPlan, SeedContacts } from './seed-contacts.ts'
import type { SeedLog } from './seed-log.ts'
import { purposes, type SeedWorkspace } from './seed-workspace.ts'
import { hour } from './timeline.ts'

// Everything about an order is kept for its next write when that comes so soon, or few others are; else it is planned again.
const keptFor = hour

/** An order with its story to the end. */
interface Told {
  plan: OrderPlan
  contact: ContactPlan
  given: Partial<OrderRow>
  end: OrderStory
  /** As far as it was logged. */
  now: OrderStory | undefined
}

interface Parts {
  catalog: SeedCatalog
  contacts: SeedContacts
  log: SeedLog
  schedule: Schedule
}

/**
 * Writes the orders of a workspace. A row is written once, as it is at the end; its events when they happen. Between
 * two of its writes that lie far apart nothing of most orders is kept but the index and the numbers of the invoices: the rest
 * follows from those.
 */
export class OrderWriter {
  /** Invoices so far: the last one's number. */
  invoices = 0
  #kept = 0
  #orderChanges = 0
  #invoiceChanges = 0
  readonly #workspace: SeedWorkspace
  readonly #loader: BulkLoader
  readonly #parts: Parts

  constructor(workspace: SeedWorkspace, loader: BulkLoader, parts: Parts) {
    this.#workspace = workspace
    this.#loader = loader
    this.#parts = parts
  }

  /** Writes a new order and schedules what comes of it. */
  start(index: number): void {
    this.#write(index, 0, [], undefined)
  }

  #write(index: number, write: number, earlierNumbers: readonly number[], kept: Told | undefined): void {
    const told = kept ?? this.#tell(index)
    const { plan, end } = told
    const step = plan.writes[write]
    if (step === undefined) return
    const { log, schedule } = this.#parts
    const isInvoice = step.kind === 'invoice'
    if (isInvoice) this.invoices += 1
    const numbers = isInvoice ? [...earlierNumbers, this.invoices] : earlierNumbers
    if (log.keeps(step.at)) this.#log(told, write, numbers)
    if (step.kind === 'order') this.#addOrder(plan, end)
    if (isInvoice) this.#addInvoice(plan, end, numbers.length - 1, this.invoices)
    const next = plan.writes.findIndex(({ kind, at }, later) => later > write && (kind === 'invoice' || log.keeps(at)))
    const due = plan.writes[next]
    if (due === undefined) return
    const isKept = due.at - step.at < keptFor || this.#kept < this.#workspace.remembered
    if (!isKept) {
      schedule.add(due.at, () => this.#write(index, next, numbers, undefined))
      return
    }
    this.#kept += 1
    schedule.add(due.at, () => {
      this.#kept -= 1
      this.#write(index, next, numbers, told)
    })
  }

  #tell(index: number): Told {
    const { catalog, contacts } = this.#parts
    const plan = planOrder(index, this.#workspace, catalog, contacts)
    const contact = contacts.plan(plan.contact)
    const given = addressesOf(plan, contact)
    return { plan, contact, given, end: new OrderStory(plan, this.#workspace, given).playToEnd(), now: undefined }
  }

  #addOrder(plan: OrderPlan, { order, lines, notes }: OrderStory): void {
    this.#loader.add('orders', order)
    for (const line of lines) this.#loader.add('lines', line)
    for (const note of notes) {
      const id = this.#workspace.firstIds.orderChanges + this.#orderChanges
      this.#orderChanges += 1
      this.#loader.add('orderChanges', { ...this.#change(id, note, plan), order_id: order.id })
    }
  }

  #addInvoice(plan: OrderPlan, { invoices }: OrderStory, place: number, number: number): void {
    const invoice = invoices[place]
    if (invoice === undefined) throw new Error(`order ${plan.index} has no invoice ${place}`)
    numberInvoice(invoice, number, this.#workspace)
    this.#loader.add('invoices', invoice.row)
    for (const line of invoice.lines) this.#loader.add('invoiceLines', line)
    for (const note of invoice.notes) {
      const id = this.#workspace.firstIds.invoiceChanges + this.#invoiceChanges
      this.#invoiceChanges += 1
      this.#loader.add('invoiceChanges', { ...this.#change(id, note, plan), invoice_id: invoice.row.id })
    }
  }

  #change<Status>(id: number, { from, to, at, write, event }: StatusNote<Status>, plan: OrderPlan) {
    const { actor } = this.#workspace
    return {
      workspace_id: actor.workspace.id,
      id: String(id),
      from_status: from,
      to_status: to,
      changed_at: at,
      actor_type: actor.type,
      actor_id: actor.id,
      actor_name: actor.name,
      event_id: this.#parts.log.eventId([purposes.orderEvent, plan.index, write], event),
    }
  }

  #log(told: Told, write: number, numbers: readonly number[]): void {
    const { plan, contact: planned, given } = told
    const step = plan.writes[write]
    if (step === undefined) return
    const { log, contacts } = this.#parts
    told.now ??= new OrderStory(plan, this.#workspace, given)
    const story = told.now.playTo(write)
    const events = story.events()
    const contact = contacts.rowAt(planned, step.at)
    const ofOrder = events.some(({ subject }) => subject === 'Order')
      ? this.#orderSnapshot(plan, story, contact)
      : undefined
    const ofInvoice = 'invoice' in step ? this.#invoiceSnapshot(story, step.invoice, numbers, contact) : undefined
    log.append(
      step.at,
      [purposes.orderEvent, plan.index, write],
      events.map(({ type, subject }) => {
        const snapshot = subject === 'Order' ? ofOrder : ofInvoice
        if (snapshot === undefined) throw new Error(`${type} has no subject`)
        return [type, snapshot] as const
      }),
    )
  }

  #orderSnapshot(plan: OrderPlan, { order, lines }: OrderStory, contact: ContactRow): Snapshot {
    order.public_id = publicId(order.id)
    const sold = lines.map((line, position) => {
      const planned = plan.lines[position]
      if (planned === undefined) throw new Error(`order ${order.id} has no line ${position}`)
      line.public_id = publicId(line.id)
      return { ...planned.offer, line }
    })
    return orderSnapshot(order, contact, sold, this.#workspace.actor.workspace)
  }

  #invoiceSnapshot(story: OrderStory, place: number, numbers: readonly number[], contact: ContactRow): Snapshot {
    const invoice = story.invoices[place]
    const number = numbers[place]
    if (invoice === undefined || number === undefined) throw new Error(`order ${story.order.id} lacks an invoice`)
    numberInvoice(invoice, number, this.#workspace)
    const { row, lines } = invoice
    row.public_id = publicId(row.id)
    for (const line of lines) line.public_id = publicId(line.id)
    story.order.public_id = publicId(story.order.id)
    return invoiceSnapshot(row, lines, story.order, contact)
  }
}

/** The address columns of a new order: what is given, and what the contact's default address puts there (domain 4.8). */
function addressesOf(plan: OrderPlan, { addresses }: ContactPlan): Partial<OrderRow> {
  const given = givenColumns(plan, addresses[0])
  return {
    ...given,
    ...syncedAddress(
      given,
      addresses.find(address => address.is_default),
    ),
  }
}
