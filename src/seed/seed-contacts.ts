import type { AddressRow } from '../contacts/address-store.ts'
import type { ContactRow } from '../contacts/contact-store.ts'
import { publicId } from '../shared/public-id.ts'
import { Random, seededFraction, seededUuid, uuidText } from './random.ts'
import { firstNames, lastNames, places, streets } from './seed-words.ts'
import { maxAddresses, ordersPerContact, purposes, type SeedWorkspace } from './seed-workspace.ts'

/** What becomes of one contact. */
export interface ContactPlan {
  /** When it comes in; Unix milliseconds. */
  at: number
  /** As it is created. */
  created: ContactRow
  addresses: AddressRow[]
  /** As it is after the one update that some get, and when. */
  updated: { at: number; row: ContactRow } | undefined
}

/** The contacts of a seeded workspace. Each follows from its number alone, so that few need to be kept. */
export class SeedContacts {
  readonly #workspace: SeedWorkspace
  readonly #plans = new Map<number, ContactPlan>()

  constructor(workspace: SeedWorkspace) {
    this.#workspace = workspace
  }

  /** Whether a contact is a visitor without a name; such ones order nothing. */
  isAnonymous(number: number): boolean {
    return number > 0 && seededFraction([...this.#workspace.key, purposes.anonymousContact, number]) < 0.06
  }

  plan(number: number): ContactPlan {
    const known = this.#plans.get(number)
    if (known !== undefined) return known
    if (this.#plans.size >= this.#workspace.remembered) this.#plans.clear()
    const plan = this.#plan(number)
    this.#plans.set(number, plan)
    return plan
  }

  #plan(number: number): ContactPlan {
    const { key, timeline, firstIds, actor } = this.#workspace
    const random = new Random([...key, purposes.contact, number])
    const isAnonymous = this.isAnonymous(number)
    const at = timeline.contactAt(number * ordersPerContact)
    const time = new Date(at).toISOString()
    const id = String(firstIds.contacts + number)
    const firstName = random.pick(firstNames)
    const lastName = random.pick(lastNames)
    const place = random.pick(places)
    const phone = random.chance(0.5) ? phoneNumber(random) : null
    const created: ContactRow = {
      workspace_id: actor.workspace.id,
      id,
      public_id: publicId(id),
      uuid: uuidText(seededUuid([...key, purposes.contactUuid, number])),
      anonymous: isAnonymous,
      email_address: isAnonymous ? null : emailAddress(firstName, lastName, number),
      first_name: isAnonymous ? null : firstName,
      last_name: isAnonymous ? null : lastName,
      phone_number: isAnonymous ? null : phone,
      time_zone: random.chance(0.7) ? place.zone : null,
      fb_url: null,
      twitter_url: null,
      instagram_url: !isAnonymous && random.chance(0.05) ? `https://instagram.example/${lastName}${number}` : null,
      linkedin_url: null,
      website_url: !isAnonymous && random.chance(0.05) ? `https://${number}.example.com/` : null,
      custom_attributes: random.chance(0.2) ? JSON.stringify({ crm_id: `C${10_000 + number}` }) : '{}',
      unsubscribed_at: null,
      email_suppression_reason: null,
      created_at: time,
      updated_at: time,
    }
    const addresses = isAnonymous ? [] : this.#addresses(created, number, phone, place, random)
    return { at, created, addresses, updated: isAnonymous ? undefined : this.#update(created, number, at, random) }
  }

  /** A contact as it is at that time. */
  rowAt(plan: ContactPlan, time: number): ContactRow {
    return plan.updated !== undefined && plan.updated.at <= time ? plan.updated.row : plan.created
  }

  #update(created: ContactRow, number: number, at: number, random: Random): ContactPlan['updated'] {
    if (!random.chance(0.08)) return undefined
    const { timeline } = this.#workspace
    const later = Math.floor(at + random.between(1, 60) * timeline.lifeDay)
    if (later >= timeline.end) return undefined
    const updated_at = new Date(later).toISOString()
    const website_url = `https://www.${number}.example/`
    return { at: later, row: { ...created, website_url, updated_at } }
  }

  #addresses(contact: ContactRow, number: number, phone: string | null, place: Place, random: Random): AddressRow[] {
    if (!random.chance(0.6)) return []
    const count = random.chance(0.2) ? maxAddresses : 1
    const defaultPosition = random.chance(0.85) ? random.integer(0, count - 1) : undefined
    return Array.from({ length: count }, (_, position): AddressRow => {
      const { city, region, country, postal } = position === 0 ? place : random.pick(places)
      return {
        workspace_id: contact.workspace_id,
        id: String(this.#workspace.firstIds.addresses + number * maxAddresses + position),
        contact_id: contact.id,
        position,
        is_default: position === defaultPosition,
        first_name: contact.first_name,
        last_name: contact.last_name,
        organization_name: random.chance(0.15) ? `${contact.last_name} & Partners` : null,
        phone_number: phone ?? phoneNumber(random),
        street_one: `${random.integer(1, 240)} ${random.pick(streets)} Street`,
        street_two: random.chance(0.2) ? `Flat ${random.integer(1, 40)}` : null,
        city,
        region,
        country,
        postal_code: `${postal}${random.integer(10, 99)}`,
        created_at: contact.created_at,
        updated_at: contact.created_at,
      }
    })
  }
}

type Place = (typeof places)[number]

// Numbers that no one has.
function phoneNumber(random: Random): string {
  return `+1 ${random.integer(201, 989)} 555 01${random.integer(10, 99)}`
}

// The number makes it unique.
function emailAddress(firstName: string, lastName: string, number: number): string {
  const plain = `${firstName}.${lastName}`.normalize('NFD').replace(/[^A-Za-z.]/g, '')
  return `${number % 5 === 0 ? plain : plain.toLowerCase()}${number}@example.com`
}
