import type { Snapshot } from '../events/changes.ts'
import type { ContactRow } from './contact-store.ts'
import { customAttributesOf } from './custom-attributes.ts'

/** A contact as ClickFunnels' API writes it (domain 2.2, ContactBaseAttributes; every key is always present). */
export function contactBody(contact: ContactRow) {
  return {
    id: Number(contact.id),
    public_id: contact.public_id,
    workspace_id: Number(contact.workspace_id),
    anonymous: contact.anonymous ? 1 : 0,
    email_address: contact.email_address,
    first_name: contact.first_name,
    last_name: contact.last_name,
    phone_number: contact.phone_number,
    time_zone: contact.time_zone,
    uuid: contact.uuid,
    unsubscribed_at: contact.unsubscribed_at,
    last_notification_email_sent_at: null,
    email_suppression_reason: contact.email_suppression_reason,
    is_active: isActive(contact),
    fb_url: contact.fb_url,
    twitter_url: contact.twitter_url,
    instagram_url: contact.instagram_url,
    linkedin_url: contact.linkedin_url,
    website_url: contact.website_url,
    tags: [],
    custom_attributes: customAttributesOf(contact),
    visits: { first_visit: null, last_visit: null, last_visit_with_utm: null },
    created_at: contact.created_at,
    updated_at: contact.updated_at,
  }
}

/** Whether mail can reach the contact: an address, not unsubscribed, not suppressed (domain 2.2). */
export function isActive(contact: ContactRow): boolean {
  return contact.email_address !== null && contact.unsubscribed_at === null && contact.email_suppression_reason === null
}

/** The names that every contact has of itself: a custom attribute of such a name would hide them (domain 2.2). */
export const contactProperties: ReadonlySet<string> = new Set(
  Object.keys(contactBody({ custom_attributes: '{}' } as ContactRow)),
)

/** What the log keeps of a contact. */
export function contactSnapshot(contact: ContactRow): Snapshot {
  return { subjectType: 'Contact', subjectId: contact.id, liveMode: null, data: contactBody(contact) }
}
