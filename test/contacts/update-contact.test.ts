import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'
import { createContact, eventsOf, invalid, nobody, updateContact } from './contact-mutations.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const create = async (input: Record<string, unknown>): Promise<Found> => (await createContact(shop, input)).contact
const update = (input: Record<string, unknown>) => updateContact(shop, input)

test('absent leaves, null and empty text clear, and the event shows the contact as it is now', async () => {
  const made = await create({
    emailAddress: 'ada@byron.example',
    firstName: 'Ada',
    lastName: 'Byron',
    timeZone: 'London',
  })
  let answer: Found
  const events = await eventsOf(shop, async () => {
    answer = await update({ id: made.id, lastName: 'Lovelace', timeZone: null, firstName: ' ' })
  })
  const { updatedAt } = answer.contact
  expect(answer.contact).toEqual({ ...made, lastName: 'Lovelace', timeZone: null, firstName: null, updatedAt })
  expect(updatedAt > made.updatedAt).toBe(true)
  expect(events).toEqual([
    {
      type: 'contact.updated',
      data: expect.objectContaining({
        id: Number(made.databaseId),
        email_address: 'ada@byron.example',
        first_name: null,
        last_name: 'Lovelace',
        time_zone: null,
        updated_at: updatedAt,
      }),
    },
  ])
})

test('an update that changes nothing writes nothing', async () => {
  const addresses = [{ city: 'London', isDefault: true }, { country: 'GB' }]
  const made = await create({
    firstName: 'Same',
    customAttributes: { b: '1', a: '2' },
    addresses,
  })
  const before = await shop.rows()
  for (const again of [
    {},
    { firstName: 'Same', lastName: '' },
    { customAttributes: { a: '2' } },
    { customAttributes: {} },
    { addresses },
    {
      addresses: [
        { ...addresses[0], region: ' ' },
        { ...addresses[1], isDefault: false, streetOne: null },
      ],
    },
  ]) {
    expect(await update({ id: made.id, ...again })).toMatchObject({ contact: { updatedAt: made.updatedAt } })
  }
  expect(await shop.rows()).toEqual(before)
})

test('addresses take the place of all there were', async () => {
  const made = await create({ addresses: [{ city: 'London', isDefault: true }, { city: 'Paris' }] })
  const cities = async (addresses: unknown) => {
    const events = await eventsOf(shop, () => update({ id: made.id, addresses }))
    const found = await shop.data('query ($id: ID!) { contact(id: $id) { addresses { city isDefault } } }', {
      id: made.id,
    })
    return [events.map(({ type }) => type), found.contact.addresses]
  }
  expect(await cities([{ city: 'Paris' }, { city: 'London', isDefault: true }])).toEqual([
    ['contact.updated'],
    [
      { city: 'Paris', isDefault: false },
      { city: 'London', isDefault: true },
    ],
  ])
  expect(await cities([{ city: 'Paris' }])).toEqual([['contact.updated'], [{ city: 'Paris', isDefault: false }]])
  expect(await cities(null)).toEqual([['contact.updated'], []])
  expect(await cities([])).toEqual([[], []])
})

test('custom attributes are merged, also in another spelling; null empties them', async () => {
  const made = await create({ customAttributes: { shirtSize: 'M', colour: 'red' } })
  const attributesAfter = async (customAttributes: unknown) =>
    (await update({ id: made.id, customAttributes })).contact.customAttributes
  expect(await attributesAfter({ 'Shirt Size': 'L', pet: null })).toEqual({ colour: 'red', pet: '', shirt_size: 'L' })
  expect(await attributesAfter({})).toEqual({ colour: 'red', pet: '', shirt_size: 'L' })
  expect(await attributesAfter(null)).toEqual({})
  const before = await shop.rows()
  expect(await attributesAfter(null)).toEqual({})
  expect(await shop.rows()).toEqual(before)
})

test('merged attributes stay within their bounds', async () => {
  const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`a${index}`, '']))
  const full = await create({ customAttributes: hundred })
  const large = await create({
    customAttributes: { a: 'x'.repeat(10_000), b: 'x'.repeat(10_000), c: 'x'.repeat(10_000) },
  })
  const before = await shop.rows()
  expect(await update({ id: full.id, customAttributes: { b0: '' } })).toEqual(invalid(['TOO_MANY', 'customAttributes']))
  expect(await update({ id: large.id, customAttributes: { d: 'ü'.repeat(2000) } })).toEqual(
    invalid(['TOO_LARGE', 'customAttributes']),
  )
  expect(await shop.rows()).toEqual(before)
  expect(await update({ id: full.id, customAttributes: { a0: 'x' } })).toMatchObject({ replayed: false })
  expect(await update({ id: large.id, customAttributes: { d: 'ü'.repeat(1000) } })).toMatchObject({ replayed: false })
})

test('a contact is identified once, when an e-mail address or phone number first appears', async () => {
  const made = await create({ firstName: 'Somebody' })
  const typesOf = async (input: Record<string, unknown>) =>
    (await eventsOf(shop, () => update({ id: made.id, ...input }))).map(({ type, data }) => [type, data.anonymous])
  expect(await typesOf({ lastName: 'Else' })).toEqual([['contact.updated', 1]])
  expect(await typesOf({ phoneNumber: ' ' })).toEqual([])
  expect(await typesOf({ phoneNumber: '1' })).toEqual([
    ['contact.updated', 0],
    ['contact.identified', 0],
  ])
  expect(await typesOf({ emailAddress: 'somebody@example.com' })).toEqual([['contact.updated', 0]])
  expect(await typesOf({ phoneNumber: null, emailAddress: null })).toEqual([['contact.updated', 0]])
  expect(await typesOf({ phoneNumber: '2' })).toEqual([['contact.updated', 0]])
})

test('an e-mail address of another contact is taken; its own in another case is not', async () => {
  const holder = await create({ emailAddress: 'holder@example.com' })
  const made = await create({ emailAddress: 'mine@example.com' })
  const before = await shop.rows()
  expect(await update({ id: made.id, emailAddress: 'HOLDER@example.com' })).toEqual({
    __typename: 'EmailAddressTaken',
    code: 'EMAIL_ADDRESS_TAKEN',
    path: ['input', 'emailAddress'],
    existing: { id: holder.id },
  })
  expect(await shop.rows()).toEqual(before)
  expect(await update({ id: made.id, emailAddress: 'Mine@Example.com' })).toMatchObject({
    contact: { emailAddress: 'Mine@Example.com' },
  })
})

test('who may write contacts but not read them does not learn who has an e-mail address', async () => {
  await create({ emailAddress: 'secret@example.com' })
  const { data } = await shop.data('{ workspace { subdomain } }').then(found => ({ data: found }))
  const { key } = await gateway.createKey({ subdomain: data.workspace.subdomain, scopes: ['contacts:write'] })
  const { body } = await graphql(
    gateway.url,
    key,
    `mutation { createContact(input: { emailAddress: "secret@example.com" }) {
      __typename ... on EmailAddressTaken { code existing { id } }
    } }`,
  )
  expect(body.data).toEqual({
    createContact: { __typename: 'EmailAddressTaken', code: 'EMAIL_ADDRESS_TAKEN', existing: null },
  })
  expect(body.errors?.map(({ extensions, path }) => [extensions?.code, path])).toEqual([
    ['FORBIDDEN', ['createContact', 'existing']],
  ])
})

test('a contact that is unknown, or of another workspace, is not found', async () => {
  const other = await openShop(gateway)
  const before = await shop.rows()
  for (const id of [other.contactId, nobody])
    expect(await update({ id, firstName: 'Mine', idempotencyKey: 'foreign' })).toEqual(invalid(['NOT_FOUND', 'id']))
  expect(await update({ id: shop.productId, firstName: 'Mine' })).toEqual(invalid(['INVALID_ID', 'id']))
  expect(await shop.rows()).toEqual(before)
})

test('a replay answers with the contact as it is now and writes nothing more', async () => {
  const made = await create({})
  const input = { id: made.id, firstName: 'Once', idempotencyKey: 'rename' }
  const first = await update(input)
  expect(first).toMatchObject({ replayed: false, contact: { firstName: 'Once' } })
  const before = await shop.rows()
  expect(await update(input)).toEqual({ ...first, replayed: true })
  expect(await shop.rows()).toEqual(before)
})
