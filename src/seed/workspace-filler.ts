import { isIdentified } from '../contacts/contact.ts'
import { contactSnapshot } from '../contacts/contact-body.ts'
import type { BulkLoader } from './bulk-loader.ts'
import { OrderWriter } from './order-writer.ts'
import { Schedule } from './schedule.ts'
import { SeedCatalog } from './seed-catalog.ts'
import { SeedContacts } from './seed-contacts.ts'
import { SeedLog } from './seed-log.ts'
import { ordersPerContact, purposes, type SeedWorkspace } from './seed-workspace.ts'

/** Writes everything that happens in a workspace in the order of time, so that ids, numbers and sequences follow it. */
export class WorkspaceFiller {
  readonly #workspace: SeedWorkspace
  readonly #loader: BulkLoader
  readonly #schedule = new Schedule()
  readonly #log: SeedLog
  readonly #contacts: SeedContacts
  readonly #orders: OrderWriter

  constructor(workspace: SeedWorkspace, loader: BulkLoader) {
    this.#workspace = workspace
    this.#loader = loader
    this.#log = new SeedLog(workspace, loader)
    this.#contacts = new SeedContacts(workspace)
    const parts = { catalog: this.#addCatalog(), contacts: this.#contacts, log: this.#log, schedule: this.#schedule }
    this.#orders = new OrderWriter(workspace, loader, parts)
  }

  /** Invoices so far: the last one's number. */
  get invoices(): number {
    return this.#orders.invoices
  }

  /** Events so far: the last one's sequence. */
  get events(): number {
    return this.#log.length
  }

  /** Fills the workspace; yields after each order. */
  *fill(): Generator<undefined> {
    const { timeline, orders } = this.#workspace
    for (let index = 0; index < orders; index += 1) {
      if (index % ordersPerContact === 0) this.#addContact(index / ordersPerContact)
      this.#schedule.runUntil(timeline.orderAt(index))
      this.#orders.start(index)
      yield
    }
    this.#schedule.runUntil(timeline.end)
  }

  #addCatalog(): SeedCatalog {
    const catalog = new SeedCatalog(this.#workspace)
    for (const product of catalog.products) this.#loader.add('products', product)
    for (const variant of catalog.variants) this.#loader.add('variants', variant)
    for (const price of catalog.prices) this.#loader.add('prices', price)
    for (const [index, { at, events }] of catalog.writes.entries()) {
      if (!this.#log.keeps(at)) continue
      this.#schedule.add(at, () => this.#log.append(at, [purposes.catalogEvent, index], events))
    }
    return catalog
  }

  #addContact(number: number): void {
    const { at, created, updated, addresses } = this.#contacts.plan(number)
    this.#schedule.runUntil(at)
    this.#loader.add('contacts', updated?.row ?? created)
    for (const address of addresses) this.#loader.add('addresses', address)
    if (this.#log.keeps(at)) {
      const snapshot = contactSnapshot(created)
      const identified = isIdentified(created) ? [['contact.identified', snapshot] as const] : []
      this.#log.append(at, [purposes.contactEvent, number, 0], [['contact.created', snapshot], ...identified])
    }
    if (updated !== undefined && this.#log.keeps(updated.at)) {
      const { at: later, row } = updated
      const append = () =>
        this.#log.append(later, [purposes.contactEvent, number, 1], [['contact.updated', contactSnapshot(row)]])
      this.#schedule.add(later, append)
    }
  }
}
