import { encodeGlobalId } from '../../src/shared/global-id.ts'
import type { Found, Shop } from '../setup/shop.ts'

type Input = Record<string, unknown>

const answer = `__typename
  ... on MutationPayload { replayed eventCursor }
  ... on UserError { code path }
  ... on InvalidInput { issues { code path } }
  ... on IdempotencyMismatch { paths }
  ... on EmailAddressTaken { existing { id } }`

const contact = `contact {
  id databaseId publicId uuid anonymous emailAddress firstName lastName phoneNumber timeZone fbUrl twitterUrl
  instagramUrl linkedinUrl websiteUrl customAttributes unsubscribedAt emailSuppressionReason isActive createdAt
  updatedAt
  addresses {
    isDefault firstName lastName organizationName phoneNumber streetOne streetTwo city region country postalCode
  }
}`

/** Sends `createContact` and returns all that it answers. */
export async function createContact(shop: Shop, input: Input): Promise<Found> {
  const document = `mutation ($input: CreateContactInput!) {
    createContact(input: $input) { ${answer} ... on CreateContactPayload { ${contact} } }
  }`
  return (await shop.data(document, { input })).createContact
}

/** Sends `updateContact` and returns all that it answers. */
export async function updateContact(shop: Shop, input: Input): Promise<Found> {
  const document = `mutation ($input: UpdateContactInput!) {
    updateContact(input: $input) { ${answer} ... on UpdateContactPayload { ${contact} } }
  }`
  return (await shop.data(document, { input })).updateContact
}

/** InvalidInput with these issues, each a code and its path below `input`. */
export function invalid(...issues: [string, ...string[]][]) {
  const listed = issues.map(([code, ...path]) => ({ code, path: ['input', ...path] }))
  return { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: listed[0]?.path, issues: listed }
}

/** What the log got since, as types and payloads; and the number to go on from. */
export async function eventsOf(shop: Shop, act: () => Promise<unknown>) {
  const before = (await shop.events()).length
  await act()
  return (await shop.events(before)).map(({ type, data }) => ({ type, data }))
}

/** The global id of a contact that nobody has. */
export const nobody = encodeGlobalId('Contact', '9223372036854775807')
