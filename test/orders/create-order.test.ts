import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const createOrder = `mutation ($input: CreateOrderInput!) {
  createOrder(input: $input) {
    __typename
    ... on CreateOrderPayload {
      replayed eventCursor
      order {
        number version orderType serviceStatus billingStatus paymentProcessor liveMode totalAmount currency notes externalId
        originationChannelType originationChannelName allowedTransitions
        shippingAddressFirstName shippingAddressLastName shippingAddressPhoneNumber
        shippingAddressCity shippingAddressCountry billingAddressCity
        activatedAt canceledAt churnedAt cancelReason
        contact { id }
        lineItems { quantity variant { id } price { id } }
      }
    }
    ... on ExternalIdTaken { existing { id ... on Order { number } } }
    ... on InvalidInput { issues { code path } }
    ... on UserError { code message path }
  }
}`

const line = (quantity: number, price: 'oneTimePriceId' | 'subscriptionPriceId' = 'oneTimePriceId') => ({
  variantId: shop.variantId,
  priceId: shop[price],
  quantity,
})

const input = (members: object = {}) => ({
  contact: { id: shop.contactId },
  liveMode: true,
  lineItems: [line(1)],
  ...members,
})

async function create(members: object = {}): Promise<Found> {
  const { createOrder: result } = await shop.data(createOrder, { input: input(members) })
  return result
}

const orderOf = (result: Found) => {
  expect(result.__typename).toBe('CreateOrderPayload')
  return result.order
}

describe('an order', () => {
  test('gets number, total, currency, channel and both statuses from the server', async () => {
    const order = orderOf(await create({ lineItems: [line(2), line(1)], notes: 'Gift', externalId: 'first' }))
    expect(order).toMatchObject({
      number: '#1001',
      version: 1,
      orderType: 'ONE_TIME_ORDER',
      serviceStatus: 'PENDING',
      billingStatus: 'PENDING',
      paymentProcessor: 'EXTERNAL',
      liveMode: true,
      totalAmount: '594.00',
      currency: 'USD',
      notes: 'Gift',
      externalId: 'first',
      originationChannelType: 'Platform::Application',
      allowedTransitions: ['COMPLETED'],
      contact: { id: shop.contactId },
      lineItems: [
        { quantity: 2, variant: { id: shop.variantId }, price: { id: shop.oneTimePriceId } },
        { quantity: 1, variant: { id: shop.variantId }, price: { id: shop.oneTimePriceId } },
      ],
    })
  })

  test('is a subscription order as soon as one price recurs', async () => {
    const order = orderOf(await create({ lineItems: [line(1), line(3, 'subscriptionPriceId')], liveMode: false }))
    expect(order).toMatchObject({
      orderType: 'SUBSCRIPTION_ORDER',
      totalAmount: '345.00',
      liveMode: false,
      allowedTransitions: ['ACTIVE', 'CANCELED'],
    })
  })

  test('finds its contact by e-mail address in whatever case; the id wins', async () => {
    const contact = { id: shop.contactId }
    expect(orderOf(await create({ contact: { emailAddress: 'ADA@Example.com' } })).contact).toEqual(contact)
    expect(orderOf(await create({ contact: { ...contact, emailAddress: 'nobody@example.com' } })).contact).toEqual(
      contact,
    )
  })

  test('starts in a status with what belongs to it', async () => {
    const canceled = orderOf(await create({ lineItems: [line(1, 'subscriptionPriceId')], serviceStatus: 'CANCELED' }))
    expect(canceled).toMatchObject({ serviceStatus: 'CANCELED', cancelReason: 'other' })
    expect([canceled.canceledAt, canceled.churnedAt]).toEqual([expect.any(String), expect.any(String)])
    const given = orderOf(
      await create({
        lineItems: [line(1, 'subscriptionPriceId')],
        serviceStatus: 'CANCELED',
        cancelReason: 'TOO_EXPENSIVE',
        canceledAt: '2026-01-10T20:15:01.524Z',
        churnedAt: '2026-02-01T00:00:00+02:00',
      }),
    )
    expect(given).toMatchObject({
      cancelReason: 'too_expensive',
      canceledAt: '2026-01-10T20:15:01.524Z',
      churnedAt: '2026-01-31T22:00:00.000Z',
    })
  })
})

describe('the log', () => {
  const typesOf = async (members: object) => {
    const before = (await shop.events()).at(-1)?.sequence
    orderOf(await create(members))
    return (await shop.events(before)).map(event => event.type)
  }

  test.each<[string, boolean, string[]]>([
    ['PENDING', false, ['order.created']],
    ['COMPLETED', false, ['order.created', 'order.completed', 'one-time-order.completed']],
    ['PENDING', true, ['order.created']],
    ['ACTIVE', true, ['order.created', 'subscription.activated']],
    ['PAUSED', true, ['order.created']],
    ['CANCELED', true, ['order.created', 'subscription.canceled']],
    ['CHURNED', true, ['order.created', 'subscription.churned']],
    ['COMPLETED', true, ['order.created', 'order.completed', 'subscription.completed']],
  ])('of an order that starts %s (subscription: %s)', async (serviceStatus, isSubscription, types) => {
    const price = isSubscription ? 'subscriptionPriceId' : 'oneTimePriceId'
    expect(await typesOf({ serviceStatus, lineItems: [line(1, price)] })).toEqual(types)
  })

  test('holds the order as it was made', async () => {
    const before = (await shop.events()).at(-1)?.sequence
    const order = orderOf(await create({ lineItems: [line(2)] }))
    const [event] = await shop.events(before)
    expect(event?.data).toMatchObject({
      order_number: order.number,
      order_type: 'one-time-order',
      service_status: 'pending',
      billing_status: 'pending',
      payment_processor: 'external',
      total_amount: '396.00',
      currency: 'USD',
      live_mode: true,
      contact: { email_address: 'ada@example.com' },
      line_items: [{ quantity: 2, products_price: { amount: '198.00' }, products_variant: { name: 'Course' } }],
    })
  })
})

describe('addresses', () => {
  const address = {
    isDefault: true,
    firstName: 'Ada',
    lastName: 'Lovelace',
    phoneNumber: '+44 1',
    streetOne: '1 Row',
    city: 'London',
    country: 'GB',
  }
  const addressed = { contact: { emailAddress: 'addressed@example.com' } }

  beforeAll(async () => {
    await shop.data(`mutation ($input: CreateContactInput!) { createContact(input: $input) { __typename } }`, {
      input: { emailAddress: 'addressed@example.com', addresses: [{ city: 'Elsewhere' }, address] },
    })
  })

  test('come from the default address', async () => {
    expect(orderOf(await create(addressed))).toMatchObject({
      shippingAddressFirstName: 'Ada',
      shippingAddressLastName: 'Lovelace',
      shippingAddressPhoneNumber: '+44 1',
      shippingAddressCity: 'London',
      shippingAddressCountry: 'GB',
      billingAddressCity: null,
    })
  })

  test('lose two of three personal members', async () => {
    const given = { shippingAddressFirstName: 'Bob', shippingAddressLastName: 'Ross', shippingAddressCountry: 'US' }
    expect(orderOf(await create({ ...addressed, ...given }))).toMatchObject({
      shippingAddressFirstName: 'Ada',
      shippingAddressLastName: 'Lovelace',
      shippingAddressPhoneNumber: '+44 1',
      shippingAddressCity: null,
      shippingAddressCountry: 'US',
    })
  })

  test('lose a place without country', async () => {
    const person = { shippingAddressFirstName: 'Bob', shippingAddressLastName: 'Ross', shippingAddressPhoneNumber: '2' }
    expect(orderOf(await create({ ...addressed, ...person, shippingAddressCity: 'Paris' }))).toMatchObject({
      shippingAddressFirstName: 'Bob',
      shippingAddressPhoneNumber: '2',
      shippingAddressCity: 'London',
      shippingAddressCountry: 'GB',
    })
  })

  test('stay as given without a default address', async () => {
    expect(orderOf(await create({ shippingAddressFirstName: 'Bob', shippingAddressCity: 'Paris' }))).toMatchObject({
      shippingAddressFirstName: 'Bob',
      shippingAddressLastName: null,
      shippingAddressCity: 'Paris',
      shippingAddressCountry: null,
    })
  })
})

describe('a refusal writes nothing', () => {
  const foreign = { contact: '', variant: '', price: '' }
  beforeAll(async () => {
    const other = await openShop(gateway)
    Object.assign(foreign, { contact: other.contactId, variant: other.variantId, price: other.oneTimePriceId })
  })

  const lineItems = (patch: object, ...path: string[]) =>
    [() => ({ lineItems: [line(1), { ...line(1), ...patch }] }), ['input', 'lineItems', '1', ...path]] as const

  test.each<[string, () => object, string, readonly string[]]>([
    ['foreign contact', () => ({ contact: { id: foreign.contact } }), 'NOT_FOUND', ['input', 'contact', 'id']],
    [
      'unknown e-mail',
      () => ({ contact: { emailAddress: 'no@example.com' } }),
      'NOT_FOUND',
      ['input', 'contact', 'emailAddress'],
    ],
    ['no contact', () => ({ contact: {} }), 'ONE_REFERENCE', ['input', 'contact']],
    ['id of another type', () => ({ contact: { id: shop.variantId } }), 'INVALID_ID', ['input', 'contact', 'id']],
    ['garbage id', () => ({ contact: { id: 'Q29udGFjdDox!' } }), 'INVALID_ID', ['input', 'contact', 'id']],
    [
      'foreign variant',
      () => ({ lineItems: [{ ...line(1), variantId: foreign.variant }] }),
      'NOT_FOUND',
      ['input', 'lineItems', '0', 'variantId'],
    ],
    [
      'foreign price',
      () => ({ lineItems: [{ ...line(1), priceId: foreign.price }] }),
      'NOT_FOUND',
      ['input', 'lineItems', '0', 'priceId'],
    ],
    ['zero quantity', lineItems({ quantity: 0 })[0], 'INVALID_QUANTITY', lineItems({}, 'quantity')[1]],
    ['negative quantity', lineItems({ quantity: -1 })[0], 'INVALID_QUANTITY', lineItems({}, 'quantity')[1]],
    ['huge quantity', lineItems({ quantity: 10_001 })[0], 'INVALID_QUANTITY', lineItems({}, 'quantity')[1]],
    ['no lines', () => ({ lineItems: [] }), 'TOO_FEW', ['input', 'lineItems']],
    [
      '101 lines',
      () => ({ lineItems: Array.from({ length: 101 }, () => line(1)) }),
      'TOO_MANY',
      ['input', 'lineItems'],
    ],
    [
      'wrong type',
      () => ({ orderType: 'ONE_TIME_ORDER', lineItems: [line(1, 'subscriptionPriceId')] }),
      'ORDER_TYPE_MISMATCH',
      ['input', 'orderType'],
    ],
    [
      'wrong type, the other way',
      () => ({ orderType: 'SUBSCRIPTION_ORDER' }),
      'ORDER_TYPE_MISMATCH',
      ['input', 'orderType'],
    ],
    ['wrong status', () => ({ serviceStatus: 'ACTIVE' }), 'INVALID_SERVICE_STATUS', ['input', 'serviceStatus']],
    ['processor status', () => ({ serviceStatus: 'VOIDED' }), 'INVALID_SERVICE_STATUS', ['input', 'serviceStatus']],
    ['NUL', () => ({ notes: 'a\0b' }), 'INVALID_TEXT', ['input', 'notes']],
    ['lone surrogate', () => ({ notes: 'a\ud800b' }), 'INVALID_TEXT', ['input', 'notes']],
    ['long notes', () => ({ notes: 'x'.repeat(10_001) }), 'TOO_LONG', ['input', 'notes']],
    ['long city', () => ({ shippingAddressCity: 'x'.repeat(256) }), 'TOO_LONG', ['input', 'shippingAddressCity']],
    ['blank external id', () => ({ externalId: ' ' }), 'BLANK', ['input', 'externalId']],
    [
      'date before 1970',
      () => ({ nextChargeAt: '1969-12-31T23:59:59Z' }),
      'DATE_TIME_OUT_OF_RANGE',
      ['input', 'nextChargeAt'],
    ],
    [
      'date after 2199',
      () => ({ nextChargeAt: '2200-01-01T00:00:00Z' }),
      'DATE_TIME_OUT_OF_RANGE',
      ['input', 'nextChargeAt'],
    ],
    ['hour 24', () => ({ nextChargeAt: '2026-02-01T24:00:00Z' }), 'INVALID_DATE_TIME', ['input', 'nextChargeAt']],
    [
      'offset of a day',
      () => ({ nextChargeAt: '2026-02-01T00:00:00+24:00' }),
      'INVALID_DATE_TIME',
      ['input', 'nextChargeAt'],
    ],
    ['31 February', () => ({ nextChargeAt: '2026-02-31T00:00:00Z' }), 'INVALID_DATE_TIME', ['input', 'nextChargeAt']],
    [
      'date without offset',
      () => ({ nextChargeAt: '2026-02-01T00:00:00' }),
      'INVALID_DATE_TIME',
      ['input', 'nextChargeAt'],
    ],
    ['empty key', () => ({ idempotencyKey: '' }), 'INVALID_IDEMPOTENCY_KEY', ['input', 'idempotencyKey']],
    [
      'control character in key',
      () => ({ idempotencyKey: 'a\nb' }),
      'INVALID_IDEMPOTENCY_KEY',
      ['input', 'idempotencyKey'],
    ],
  ])('%s', async (_what, members, code, path) => {
    const before = await shop.rows()
    const result = await create(members())
    expect(result).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path })
    expect(result.issues).toEqual([{ code, path }])
    expect(await shop.rows()).toEqual(before)
  })

  test('says in words what to give', async () => {
    expect((await create({ contact: {} })).message).toBe('Give its id or its e-mail address.')
    const wrong = await create({ contact: { id: shop.variantId } })
    expect(wrong.message).toBe('Is not an id of the type Contact.')
  })

  test('lists everything that is wrong', async () => {
    const result = await create({ notes: '\0', lineItems: [{ ...line(0) }], externalId: '' })
    expect(result.issues.map((issue: Found) => issue.path.join('.')).sort()).toEqual([
      'input.externalId',
      'input.lineItems.0.quantity',
      'input.notes',
    ])
  })

  test('lists what is wrong with contact, lines, type, status and dates together', async () => {
    const before = await shop.rows()
    const result = await create({
      contact: { emailAddress: 'no@example.com' },
      lineItems: [line(1), { ...line(1), variantId: foreign.variant }],
      orderType: 'SUBSCRIPTION_ORDER',
      serviceStatus: 'ACTIVE',
      nextChargeAt: '2030-01-01T00:00:00Z',
    })
    expect(result.issues).toEqual([
      { code: 'NOT_FOUND', path: ['input', 'contact', 'emailAddress'] },
      { code: 'NOT_FOUND', path: ['input', 'lineItems', '1', 'variantId'] },
      { code: 'ORDER_TYPE_MISMATCH', path: ['input', 'orderType'] },
      { code: 'INVALID_SERVICE_STATUS', path: ['input', 'serviceStatus'] },
      { code: 'NOT_A_SUBSCRIPTION', path: ['input', 'nextChargeAt'] },
    ])
    expect(await shop.rows()).toEqual(before)
  })

  test('a price that is unknown leaves the type open, unless it is given', async () => {
    const lineItems = [{ ...line(1), priceId: foreign.price }]
    const unknown = { code: 'NOT_FOUND', path: ['input', 'lineItems', '0', 'priceId'] }
    const open = await create({ lineItems, serviceStatus: 'ACTIVE', canceledBy: 'ada' })
    expect(open.issues).toEqual([unknown])
    const given = await create({ lineItems, serviceStatus: 'ACTIVE', orderType: 'ONE_TIME_ORDER' })
    expect(given.issues).toEqual([unknown, { code: 'INVALID_SERVICE_STATUS', path: ['input', 'serviceStatus'] }])
    const known = await create({ lineItems: [...lineItems, line(1, 'subscriptionPriceId')], serviceStatus: 'VOIDED' })
    expect(known.issues).toEqual([unknown, { code: 'INVALID_SERVICE_STATUS', path: ['input', 'serviceStatus'] }])
  })

  test('archived prices and prices of another product', async () => {
    const made = await shop.data(
      `mutation ($variantId: ID!) {
      createProduct(input: { name: "Other" }) { ... on CreateProductPayload { product { defaultVariant { id } } } }
      createPrice(input: { variantId: $variantId, amount: "5.00" }) { ... on CreatePricePayload { price { id } } }
    }`,
      { variantId: shop.variantId },
    )
    const priceId = made.createPrice.price.id
    const otherVariant = made.createProduct.product.defaultVariant.id
    const mismatch = await create({ lineItems: [{ variantId: otherVariant, priceId, quantity: 1 }] })
    expect(mismatch.issues).toEqual([
      { code: 'PRICE_OF_ANOTHER_PRODUCT', path: ['input', 'lineItems', '0', 'priceId'] },
    ])
    await shop.data(`mutation ($id: ID!) { updatePrice(input: { id: $id, archived: true }) { __typename } }`, {
      id: priceId,
    })
    const archived = await create({ lineItems: [{ variantId: shop.variantId, priceId, quantity: 1 }] })
    expect(archived.issues).toEqual([{ code: 'ARCHIVED', path: ['input', 'lineItems', '0', 'priceId'] }])
  })

  test('a product that is no longer sold', async () => {
    const { createProduct } = await shop.data(
      'mutation { createProduct(input: { name: "Old" }) { ... on CreateProductPayload { product { id defaultVariant { id } } } } }',
    )
    const variantId = createProduct.product.defaultVariant.id
    const { createPrice } = await shop.data(
      `mutation ($variantId: ID!, $id: ID!) {
        createPrice(input: { variantId: $variantId, amount: "5.00" }) { ... on CreatePricePayload { price { id } } }
        updateProduct(input: { id: $id, archived: true }) { __typename }
      }`,
      { variantId, id: createProduct.product.id },
    )
    const result = await create({ lineItems: [{ variantId, priceId: createPrice.price.id, quantity: 1 }] })
    expect(result.issues).toEqual([{ code: 'ARCHIVED', path: ['input', 'lineItems', '0', 'variantId'] }])
  })

  test('what belongs to subscriptions, in a one-time order', async () => {
    const result = await create({ nextChargeAt: '2030-01-01T00:00:00Z', canceledBy: 'ada', activatedAt: null })
    expect(result.issues).toEqual([
      { code: 'NOT_A_SUBSCRIPTION', path: ['input', 'nextChargeAt'] },
      { code: 'NOT_A_SUBSCRIPTION', path: ['input', 'canceledBy'] },
    ])
  })

  test('a taken external id names its holder', async () => {
    orderOf(await create({ externalId: 'taken' }))
    const before = await shop.rows()
    const results = [await create({ externalId: 'taken' }), await create({ externalId: 'taken' })]
    for (const result of results) {
      expect(result).toMatchObject({
        __typename: 'ExternalIdTaken',
        code: 'EXTERNAL_ID_TAKEN',
        path: ['input', 'externalId'],
      })
      expect(result.existing.number).toMatch(/^#\d+$/)
    }
    expect(await shop.rows()).toEqual(before)
  })
})

describe('idempotency', () => {
  test('the same key with the same input is done once', async () => {
    const first = await create({ idempotencyKey: 'once', externalId: 'once' })
    const rows = await shop.rows()
    const again = await create({ idempotencyKey: 'once', externalId: 'once' })
    expect([first.replayed, again.replayed]).toEqual([false, true])
    expect(again.order).toEqual(first.order)
    expect(again.eventCursor).toBe(first.eventCursor)
    expect(await shop.rows()).toEqual(rows)
  })

  test('null is the same input as absent', async () => {
    const first = await create({ idempotencyKey: 'null', notes: null, serviceStatus: null })
    const again = await create({ idempotencyKey: 'null', externalId: null, canceledAt: null })
    expect([first.replayed, again.replayed]).toEqual([false, true])
    expect(again.order).toEqual(first.order)
  })

  test('the same key with another input is refused', async () => {
    orderOf(await create({ idempotencyKey: 'mismatch' }))
    const rows = await shop.rows()
    const { createOrder: result } = await shop.data(
      `mutation ($input: CreateOrderInput!) {
        createOrder(input: $input) { __typename ... on IdempotencyMismatch { code path paths } }
      }`,
      { input: input({ idempotencyKey: 'mismatch', notes: 'new' }) },
    )
    expect(result).toEqual({
      __typename: 'IdempotencyMismatch',
      code: 'IDEMPOTENCY_MISMATCH',
      path: ['input', 'idempotencyKey'],
      paths: [['input', 'notes']],
    })
    expect(await shop.rows()).toEqual(rows)
  })

  test('eight at once make one order', async () => {
    const before = await shop.rows()
    const results = await Promise.all(Array.from({ length: 8 }, () => create({ idempotencyKey: 'at once' })))
    expect(new Set(results.map(result => orderOf(result).number)).size).toBe(1)
    expect(results.filter(result => !result.replayed)).toHaveLength(1)
    expect(await shop.rows()).toEqual({
      ...before,
      orders: (before.orders ?? 0) + 1,
      order_line_items: (before.order_line_items ?? 0) + 1,
      order_status_changes: (before.order_status_changes ?? 0) + 1,
      events: (before.events ?? 0) + 1,
      idempotency_keys: (before.idempotency_keys ?? 0) + 1,
    })
  })

  test('twice in one document', async () => {
    const field = 'createOrder(input: $input) { ... on CreateOrderPayload { replayed order { number } } }'
    const { a, b } = await shop.data(`mutation ($input: CreateOrderInput!) { a: ${field} b: ${field} }`, {
      input: input({ idempotencyKey: 'document' }),
    })
    expect([a.replayed, b.replayed]).toEqual([false, true])
    expect(a.order).toEqual(b.order)
  })

  test('a refusal stores nothing: the key is free for the corrected input', async () => {
    const refused = await create({ idempotencyKey: 'corrected', contact: { emailAddress: 'no@example.com' } })
    expect(refused.__typename).toBe('InvalidInput')
    expect(orderOf(await create({ idempotencyKey: 'corrected' })).number).toMatch(/^#\d+$/)
  })
})

test('many writers at once get numbers without gaps, in the order of the log', async () => {
  const own = await openShop(gateway)
  const lines = [{ variantId: own.variantId, priceId: own.oneTimePriceId, quantity: 1 }]
  const results = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      own.data(createOrder, {
        input: {
          contact: { id: own.contactId },
          liveMode: index % 2 === 0,
          // Every third is refused and must leave no gap.
          lineItems: index % 3 === 0 ? [] : lines,
        },
      }),
    ),
  )
  const numbers = results.flatMap(({ createOrder: result }) => (result.order ? [result.order.number] : []))
  expect(numbers.sort()).toEqual(Array.from({ length: 40 }, (_, index) => `#${1001 + index}`))
  const log = await own.events()
  expect(log.map(event => event.sequence)).toEqual(log.map((_, index) => index + 1))
  const created = log.filter(event => event.type === 'order.created').map(event => event.data.order_number)
  expect(created).toEqual(Array.from({ length: 40 }, (_, index) => `#${1001 + index}`))
})
