import { invoiceSnapshot } from '../invoices/invoice-body.ts'
import { orderSnapshot } from '../orders/order-snapshot.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { syncedAddress } from '../orders/sync-address.ts'
import { publicId } from '../shared/public-id.ts'
import type { BulkLoader } from './bulk-loader.ts'
import { OrderStory, type StatusNote, type StoryEvent, type StoryInvoice } from './order-story.ts'
import { givenColumns, type OrderPlan, planOrder } from './plan-order.ts'
import type { Schedule } from './schedule.ts'
import type { SeedCatalog } from './seed-catalog.ts'
import type { ContactPlan, SeedContacts } from './seed-contacts.ts'
import type { SeedLog } from './seed-log.ts'
import { purposes, type SeedWorkspace } from './seed-workspace.ts'

interface Parts {
  catalog: SeedCatalog
  contacts: SeedContacts
  log: SeedLog
  schedule: Schedule
}

/**
 * Writes the orders of a workspace. A row is written once, as it is at the end; its events when they happen. Between two
 * of its writes nothing of an order is kept but its index and the numbers of its invoices: the rest follows from those.
 */
export class OrderWriter {
  /** Invoices so far: the last one's number. */
  invoices = 0
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
    this.#write(index, 0, [])
  }

  #write(index: number, write: number, earlierNumbers: readonly number[]): void {
    const { catalog, contacts, log, schedule } = this.#parts
    const plan = planOrder(index, this.#workspace, catalog, contacts)
    const step = plan.writes[write]
    if (step === undefined) return
    const isLogged = log.keeps(step.at)
    const isInvoice = step.kind === 'invoice'
    if (isInvoice) this.invoices += 1
    const numbers = isInvoice ? [...earlierNumbers, this.invoices] : earlierNumbers
    const contact = isLogged || step.kind === 'order' ? contacts.plan(plan.contact) : undefined
    const story = new OrderStory(
      plan,
      this.#workspace,
      contact === undefined ? {} : addressesOf(plan, contact),
      numbers,
    )
    if (isLogged && contact !== undefined) this.#log(plan, story, write, contact)
    // From here on the story is told to its end: rows are written as they are then.
    if (step.kind === 'order') this.#addOrder(story.playToEnd(), plan)
    if (isInvoice) this.#addInvoice(story.playToEnd(), numbers.length - 1, plan)
    const next = plan.writes.findIndex(({ kind, at }, later) => later > write && (kind === 'invoice' || log.keeps(at)))
    const due = plan.writes[next]
    if (due !== undefined) schedule.add(due.at, () => this.#write(index, next, numbers))
  }

  #addOrder({ order, lines, notes }: OrderStory, plan: OrderPlan): void {
    this.#loader.add('orders', order)
    for (const line of lines) this.#loader.add('lines', line)
    for (const note of notes) {
      const id = this.#workspace.firstIds.orderChanges + this.#orderChanges
      this.#orderChanges += 1
      this.#loader.add('orderChanges', { ...this.#change(id, note, plan), order_id: order.id })
    }
  }

  #addInvoice({ invoices }: OrderStory, place: number, plan: OrderPlan): void {
    const invoice = invoices[place]
    if (invoice === undefined) throw new Error(`order ${plan.index} has no invoice ${place}`)
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

  #log(plan: OrderPlan, story: OrderStory, write: number, planned: ContactPlan): void {
    const step = plan.writes[write]
    if (step === undefined) return
    const { log, contacts } = this.#parts
    const events = story.playTo(write)
    const contact = contacts.rowAt(planned, step.at)
    const { order } = story
    order.public_id = publicId(order.id)
    const sold = story.lines.map((line, position) => {
      line.public_id = publicId(line.id)
      const part = plan.lines[position]
      if (part === undefined) throw new Error(`order ${order.id} has no line ${position}`)
      return { ...part.offer, line }
    })
    const needsOrder = events.some(({ subject }) => subject === 'Order')
    const ofOrder = needsOrder ? orderSnapshot(order, contact, sold, this.#workspace.actor.workspace) : undefined
    const invoice = 'invoice' in step ? story.invoices[step.invoice] : undefined
    if (invoice !== undefined) nameInvoice(invoice)
    const ofInvoice = invoice && invoiceSnapshot(invoice.row, invoice.lines, order, contact)
    log.append(
      step.at,
      [purposes.orderEvent, plan.index, write],
      events.map(({ type, subject }: StoryEvent) => {
        const snapshot = subject === 'Order' ? ofOrder : ofInvoice
        if (snapshot === undefined) throw new Error(`${type} has no subject`)
        return [type, snapshot] as const
      }),
    )
  }
}

function nameInvoice({ row, lines }: StoryInvoice): void {
  row.public_id = publicId(row.id)
  for (const line of lines) line.public_id = publicId(line.id)
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
