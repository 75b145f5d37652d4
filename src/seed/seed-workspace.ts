import type { Actor } from '../shared/actor.ts'
import type { SeedTable } from './seed-tables.ts'
import type { Timeline } from './timeline.ts'

/** The first id of the block that a workspace has of each table. */
export type FirstIds = Readonly<Record<Exclude<SeedTable, 'events'>, number>>

/** A workspace to fill. */
export interface SeedWorkspace {
  /** Whoever did it all: the key of the workspace. */
  actor: Actor
  /** How many orders it gets. */
  orders: number
  timeline: Timeline
  /** From then on events are kept; Unix milliseconds, infinite for none. */
  logFrom: number
  firstIds: FirstIds
  /** How many orders, and how many contacts, are kept in memory for when they come again; the others are planned again. */
  remembered: number
  /** What all its random numbers start from. */
  key: readonly number[]
}

/** What random numbers are for: each purpose has its own, so that one more draw here changes nothing there. */
export const purposes = {
  orderTime: 0,
  order: 1,
  contact: 2,
  catalog: 3,
  contactUuid: 4,
  catalogEvent: 5,
  contactEvent: 6,
  orderEvent: 7,
  anonymousContact: 8,
} as const

/** The most lines that an order or invoice gets. */
export const maxLines = 3

/** The most invoices that an order gets. */
export const maxInvoices = 4

/** Orders for each contact. */
export const ordersPerContact = 3

/** The most addresses that a contact gets. */
export const maxAddresses = 2
