import { isIdentified } from '../contacts/contact.ts'
import { contactSnapshot } from '../contacts/contact-body.ts'
import type { Snapshot } from '../events/changes.ts'
import type { EventType } from '../events/event.ts'
import { invoiceSnapshot } from '../invoices/invoice-body.ts'
import { orderSnapshot } from '../orders/order-snapshot.ts'
import type { OrderRow } from '../orders/order-store.ts'
import { syncedAddress } from '../orders/sync-address.ts'
import { publicId } from '../shared/public-id.ts'
import type { BulkLoader } from './bulk-loader.ts'
import { OrderStory, type StoryInvoice, type StoryEvent, type StatusNote } from './order-story.ts'
import { givenColumns, type OrderPlan, planOrder } from './plan-order.ts'
import { Schedule } from './schedule.ts'
import { SeedCatalog } from './seed-catalog.ts'
import { type ContactPlan, SeedContacts } from './seed-contacts.ts'
import { SeedLog } from './seed-log.ts'
import { ordersPerContact, purposes, type SeedWorkspace } from './seed-workspace.ts'

/** Writes everything that happened in a workspace in the order of time, so that ids, numbers and sequences follow it. */
export class WorkspaceFiller {
  invoices = 0
  readonly log: SeedLog
  readonly #workspace: SeedWorkspace
  readonly #loader: BulkLoader
  readonly #catalog: SeedCatalog
  readonly #contacts: SeedContacts
  readonly #schedule = new Schedule()
  #orderChanges = 0
  #invoiceChanges = 0

  constructor(workspace: SeedWorkspace, loader: BulkLoader) {
    this.#workspace = workspace
    this.#loader = loader
    this.log = new SeedLog(workspace, loader)
    this.#catalog = new SeedCatalog(workspace)
    this.#contacts = new SeedContacts(workspace)
  }

  /** Fills the workspace; yields after each order. */
  *fill(): Generator<undefined> {
    const { timeline, orders } = this.#workspace
    this.#addCatalog()
    for (let index = 0; index < orders; index += 1) {
      if (index % ordersPerContact === 0) {
        const contact = this.#contacts.plan(index / ordersPerContact)
        this.#schedule.runUntil(contact.at)
        this.#addContact(contact, index / ordersPerContact)
      }
      this.#schedule.runUntil(timeline.orderAt(index))
      this.#write(this.#plan(index), 0, [])
      yield
    }
    this.#schedule.runUntil(timeline.end)
  }
