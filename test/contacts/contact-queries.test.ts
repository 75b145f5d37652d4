import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { createContact, nobody } from './contact-mutations.ts'

let gateway: Gateway
let shop: Shop
let other: Shop
let ids: Record<'ada' | 'grace' | 'visitor', string>

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  other = await openShop(gateway)
  ids = {
    ada: shop.contactId,
    grace: (await createContact(shop, { emailAddress: 'Grace@Example.com' })).contact.id,
    visitor: (await createContact(shop, {})).contact.id,
  }
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function list(filter: object): Promise<string[]> {
  const { contacts } = await shop.data(
    `query ($filter: ContactFilter) {
      contacts(filter: $filter, sort: CREATED_AT_ASC) { totalCount edges { node { id } } }
    }`,
    { filter },
  )
  expect(contacts.totalCount).toBe(contacts.edges.length)
  return contacts.edges.map(({ node }: { node: { id: string } }) => node.id)
}

test('lists are narrowed', async () => {
  const { ada, grace, visitor } = ids
  expect(await list({ emailAddress: null, id: null })).toEqual([ada, grace, visitor])
  expect(await list({ emailAddress: 'GRACE@example.com' })).toEqual([grace])
  expect(await list({ anonymous: true })).toEqual([visitor])
  expect(await list({ anonymous: false, id: [grace, visitor, nobody, other.contactId] })).toEqual([grace])
  expect(await list({ createdAt: { to: '1971-01-01T00:00:00Z' } })).toEqual([])
  expect(await list({ updatedAt: { from: '1971-01-01T00:00:00Z' } })).toEqual([ada, grace, visitor])
})

test('lists are narrowed to those whom mail can reach', async () => {
  const { ada, grace, visitor } = ids
  expect(await list({ isActive: true })).toEqual([ada, grace])
  expect(await list({ isActive: false })).toEqual([visitor])
  const { db } = gateway.databases
  const suppress = (reason: string | null) =>
    db
      .updateTable('contacts')
      .set({ email_suppression_reason: reason })
      .where('workspace_id', '=', shop.workspaceId)
      .where('email_address', '=', 'Grace@Example.com')
      .execute()
  await suppress('bounce')
  expect(await list({ isActive: true })).toEqual([ada])
  expect(await list({ isActive: false })).toEqual([grace, visitor])
  await suppress(null)
})

test('one contact is found by id or e-mail address', async () => {
  const found = await shop.data(
    `query ($id: ID!, $foreign: ID!) {
      byId: contact(id: $id) { id }
      byAddress: contact(emailAddress: "ada@EXAMPLE.com") { id }
      nobody: contact(emailAddress: "nobody@example.com") { id }
      foreign: contact(id: $foreign) { id }
    }`,
    { id: ids.grace, foreign: other.contactId },
  )
  expect(found).toEqual({ byId: { id: ids.grace }, byAddress: { id: ids.ada }, nobody: null, foreign: null })
})

test.each<[string, object, string[]]>([
  ['an id of another type', { id: [encodeGlobalId('Order', '1')] }, ['filter', 'id', '0']],
  ['101 ids', { id: Array.from({ length: 101 }, () => nobody) }, ['filter', 'id']],
  ['NUL', { emailAddress: '\0' }, ['filter', 'emailAddress']],
  ['no moment', { createdAt: { from: '1969-12-31T23:59:59Z' } }, ['filter', 'createdAt', 'from']],
  ['no day', { updatedAt: { to: '2026-02-31T00:00:00Z' } }, ['filter', 'updatedAt', 'to']],
])('a filter with %s is refused, with the path to it', async (_, filter, path) => {
  const document = 'query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }'
  const { body } = await graphql(gateway.url, shop.key, document, { filter })
  expect(body.errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'BAD_USER_INPUT', argument: 'filter', path },
  ])
})
