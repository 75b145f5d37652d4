import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphqlData } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'
import { createContact, eventsOf, invalid } from './contact-mutations.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const create = (input: Record<string, unknown>) => createContact(shop, input)

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

test('a contact keeps all that is given, and its events show it', async () => {
  const names = { firstName: 'Grace', lastName: 'Hopper', phoneNumber: '+1 555 0100', timeZone: 'Hawaii' }
  const urls = {
    fbUrl: 'https://fb.example/g',
    twitterUrl: 'https://tw.example/g',
    instagramUrl: 'https://ig.example/g',
    linkedinUrl: 'https://li.example/g',
    websiteUrl: 'https://g.example',
  }
  const home = { isDefault: true, streetOne: '1 Navy Yard', city: 'Arlington', region: 'VA', country: 'US' }
  const office = { organizationName: 'Remington Rand', postalCode: '19104', firstName: 'G.' }
  let answer: Found
  const events = await eventsOf(shop, async () => {
    answer = await create({
      emailAddress: 'Grace@Example.com',
      ...names,
      ...urls,
      customAttributes: { shirtSize: 'M', 'Favourite Colour': null },
      addresses: [home, office],
    })
  })
  const unknown = {
    isDefault: false,
    firstName: null,
    lastName: null,
    organizationName: null,
    phoneNumber: null,
    streetOne: null,
    streetTwo: null,
    city: null,
    region: null,
    country: null,
    postalCode: null,
  }
  const { contact } = answer
  expect(answer).toEqual({
    __typename: 'CreateContactPayload',
    replayed: false,
    eventCursor: expect.any(String),
    contact: {
      id: expect.any(String),
      databaseId: expect.stringMatching(/^\d+$/),
      publicId: expect.stringMatching(/^[a-z]{6}$/i),
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      anonymous: false,
      emailAddress: 'Grace@Example.com',
      ...names,
      ...urls,
      customAttributes: { favourite_colour: '', shirt_size: 'M' },
      unsubscribedAt: null,
      emailSuppressionReason: null,
      isActive: true,
      createdAt: time,
      updatedAt: time,
      addresses: [
        { ...unknown, ...home },
        { ...unknown, ...office },
      ],
    },
  })
  const data = {
    id: Number(contact.databaseId),
    public_id: contact.publicId,
    workspace_id: Number(shop.workspaceId),
    anonymous: 0,
    email_address: 'Grace@Example.com',
    first_name: 'Grace',
    last_name: 'Hopper',
    phone_number: '+1 555 0100',
    time_zone: 'Hawaii',
    uuid: contact.uuid,
    unsubscribed_at: null,
    last_notification_email_sent_at: null,
    email_suppression_reason: null,
    is_active: true,
    fb_url: urls.fbUrl,
    twitter_url: urls.twitterUrl,
    instagram_url: urls.instagramUrl,
    linkedin_url: urls.linkedinUrl,
    website_url: urls.websiteUrl,
    tags: [],
    custom_attributes: { favourite_colour: '', shirt_size: 'M' },
    visits: { first_visit: null, last_visit: null, last_visit_with_utm: null },
    created_at: contact.createdAt,
    updated_at: contact.updatedAt,
  }
  expect(events).toEqual([
    { type: 'contact.created', data },
    { type: 'contact.identified', data },
  ])
})

test('nothing, null, empty text and white space identify nobody', async () => {
  const said = ['', ' \t\n', null, undefined]
  for (const text of said) {
    let answer: Found
    const events = await eventsOf(shop, async () => {
      answer = await create({
        emailAddress: text,
        phoneNumber: text,
        firstName: text,
        customAttributes: undefined,
        addresses: [{ phoneNumber: text, country: text }],
      })
    })
    expect(answer.contact).toMatchObject({
      anonymous: true,
      emailAddress: null,
      phoneNumber: null,
      firstName: null,
      isActive: false,
      customAttributes: {},
      addresses: [{ phoneNumber: null, country: null }],
    })
    expect(events.map(({ type, data }) => [type, data.anonymous, data.phone_number])).toEqual([
      ['contact.created', 1, null],
    ])
  }
})

test('a phone number alone identifies', async () => {
  let answer: Found
  const events = await eventsOf(shop, async () => {
    answer = await create({ phoneNumber: '0', customAttributes: null, addresses: null })
  })
  expect(answer.contact).toMatchObject({ anonymous: false, phoneNumber: '0', customAttributes: {}, addresses: [] })
  expect(events.map(({ type }) => type)).toEqual(['contact.created', 'contact.identified'])
})

test('an e-mail address is taken in whatever case, and only in its workspace', async () => {
  const { contact } = await create({ emailAddress: 'taken@example.com' })
  const before = await shop.rows()
  expect(await create({ emailAddress: 'TAKEN@example.COM', idempotencyKey: 'taken' })).toEqual({
    __typename: 'EmailAddressTaken',
    code: 'EMAIL_ADDRESS_TAKEN',
    path: ['input', 'emailAddress'],
    existing: { id: contact.id },
  })
  expect(await shop.rows()).toEqual(before)
  const other = await openShop(gateway)
  expect(await createContact(other, { emailAddress: 'taken@example.com' })).toMatchObject({
    contact: { emailAddress: 'taken@example.com' },
  })
})

test.each<[string, Record<string, unknown>, [string, ...string[]][]]>([
  ['no e-mail address', { emailAddress: 'ada' }, [['INVALID_EMAIL_ADDRESS', 'emailAddress']]],
  [
    'NUL and a lone surrogate',
    { firstName: 'a\0', lastName: '\ud800' },
    [
      ['INVALID_TEXT', 'firstName'],
      ['INVALID_TEXT', 'lastName'],
    ],
  ],
  ['text of 256 characters', { timeZone: 'x'.repeat(256) }, [['TOO_LONG', 'timeZone']]],
  ['a bad member of an address', { addresses: [{}, { city: '\0' }] }, [['INVALID_TEXT', 'addresses', '1', 'city']]],
  [
    'two default addresses',
    { addresses: [{ isDefault: true }, { isDefault: true }] },
    [['SEVERAL_DEFAULTS', 'addresses']],
  ],
  [
    'two default addresses, one with a bad member',
    { addresses: [{ isDefault: true }, { isDefault: true, city: '\0' }] },
    [
      ['INVALID_TEXT', 'addresses', '1', 'city'],
      ['SEVERAL_DEFAULTS', 'addresses'],
    ],
  ],
  ['21 addresses', { addresses: Array.from({ length: 21 }, () => ({ city: '\0' })) }, [['TOO_MANY', 'addresses']]],
  ['attributes that are no object', { customAttributes: ['a'] }, [['INVALID_TYPE', 'customAttributes']]],
  [
    'attributes that are no texts',
    { customAttributes: { a: 1, b: { c: 'd' }, e: 'f' } },
    [
      ['INVALID_TEXT', 'customAttributes', 'a'],
      ['INVALID_TEXT', 'customAttributes', 'b'],
    ],
  ],
  ['the name of an attribute', { customAttributes: { '1st': 'x' } }, [['INVALID_NAME', 'customAttributes', '1st']]],
  [
    'an attribute that contacts have anyway',
    { customAttributes: { visits: 'x', isActive: 'x', 'custom-attributes': 'x', workspaceId: 'x', twitter_url: 'x' } },
    [
      ['RESERVED_NAME', 'customAttributes', 'visits'],
      ['RESERVED_NAME', 'customAttributes', 'isActive'],
      ['RESERVED_NAME', 'customAttributes', 'custom-attributes'],
      ['RESERVED_NAME', 'customAttributes', 'workspaceId'],
      ['RESERVED_NAME', 'customAttributes', 'twitter_url'],
    ],
  ],
  [
    'two spellings of one attribute',
    { customAttributes: { shirtSize: 'M', shirt_size: 'L' } },
    [['DUPLICATE', 'customAttributes', 'shirt_size']],
  ],
  [
    '101 attributes',
    { customAttributes: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`a${index}`, ''])) },
    [['TOO_MANY', 'customAttributes']],
  ],
  [
    'more than 32 KiB of attributes',
    { customAttributes: Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`a${index}`, 'x'.repeat(8190)])) },
    [['TOO_LARGE', 'customAttributes']],
  ],
])('%s is refused', async (_, input, issues) => {
  const before = await shop.rows()
  expect(await create({ ...input, idempotencyKey: 'refused' })).toEqual(invalid(...issues))
  expect(await shop.rows()).toEqual(before)
})

test('20 addresses, 100 attributes and 32 KiB of them fit; every object has names such as constructor', async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`a${index + 100}`, '']))
  const addresses = Array.from({ length: 20 }, (_, index) => ({ city: String(index) }))
  const { contact } = await create({ customAttributes: many, addresses })
  expect([contact.customAttributes, contact.addresses.length]).toEqual([many, 20])
  const large = { a: 'x'.repeat(8185), b: 'x'.repeat(8186), c: 'x'.repeat(8186), constructor: 'x'.repeat(8172) }
  expect(JSON.stringify(large)).toHaveLength(32 * 1024)
  expect((await create({ customAttributes: large })).contact.customAttributes).toEqual(large)
  const larger = { ...large, a: 'x'.repeat(8186) }
  expect(await create({ customAttributes: larger })).toEqual(invalid(['TOO_LARGE', 'customAttributes']))
})

test('a replay answers with the contact; the order of attributes makes no other input', async () => {
  const input = { emailAddress: 'again@example.com', idempotencyKey: 'again' }
  const first = await create({ ...input, customAttributes: { b: '1', a: '2' } })
  const before = await shop.rows()
  expect(await create({ ...input, customAttributes: { a: '2', b: '1' } })).toEqual({ ...first, replayed: true })
  expect(await create({ ...input, customAttributes: { a: '1', b: '2' } })).toEqual({
    __typename: 'IdempotencyMismatch',
    code: 'IDEMPOTENCY_MISMATCH',
    path: ['input', 'idempotencyKey'],
    paths: [['input', 'customAttributes']],
  })
  expect(await shop.rows()).toEqual(before)
})

test('a contact that is not active says why', async () => {
  const { contact } = await create({ emailAddress: 'bounced@example.com' })
  await gateway.databases.db
    .updateTable('contacts')
    .set({ email_suppression_reason: 'hard_bounce' })
    .where('id', '=', contact.databaseId)
    .execute()
  const found = await graphqlData(
    gateway.url,
    shop.key,
    'query ($id: ID!) { contact(id: $id) { emailSuppressionReason isActive } }',
    { id: contact.id },
  )
  expect(found).toEqual({ contact: { emailSuppressionReason: 'hard_bounce', isActive: false } })
})
