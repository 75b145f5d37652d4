import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'

let gateway: Gateway
let shop: Shop
let order: string
let orders = 0

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

beforeEach(async () => {
  orders += 1
  order = `order-${orders}`
  await shop.data('mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }', {
    input: {
      contact: { id: shop.contactId },
      liveMode: false,
      externalId: order,
      lineItems: [{ variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 2 }],
    },
  })
})

const fields = `id number version status invoiceType externalId subtotalAmount shippingAmount totalAmount dueAmount
  issuedAt dueAt paidAt order { billingStatus version }
  lineItems { id quantity amount description variantName priceAmount variant { name } }`

const refusals = `... on InvalidInput { issues { code path } }
  ... on InvoiceNumberTaken { existing { number } }
  ... on ExternalIdTaken { existing { ... on Invoice { number } } }
  ... on UserError { code path }`

async function create(members: object = {}): Promise<Found> {
  const { createInvoice } = await shop.data(
    `mutation ($input: CreateInvoiceInput!) {
      createInvoice(input: $input) { __typename ... on CreateInvoicePayload { invoice { ${fields} } } ${refusals} }
    }`,
    { input: { order: { externalId: order }, ...members } },
  )
  return createInvoice
}

async function update(id: string, members: object): Promise<Found> {
  const { updateInvoice } = await shop.data(
    `mutation ($input: UpdateInvoiceInput!) {
      updateInvoice(input: $input) {
        __typename
        ... on UpdateInvoicePayload { invoice { ${fields} } }
        ... on VersionConflict { current { ... on Invoice { version } } }
        ${refusals}
      }
    }`,
    { input: { invoice: { id }, ...members } },
  )
  return updateInvoice
}

describe('createInvoice', () => {
  test('copies the order’s lines and adds them up', async () => {
    const { invoice } = await create({ shippingAmount: '10', dueAt: '2030-01-01T00:00:00Z' })
    expect(invoice).toMatchObject({
      version: 1,
      status: 'UNPAID',
      invoiceType: 'ONE_TIME_SALE',
      subtotalAmount: '396.00',
      shippingAmount: '10.00',
      totalAmount: '406.00',
      dueAmount: '406.00',
      dueAt: '2030-01-01T00:00:00.000Z',
      paidAt: null,
      order: { billingStatus: 'UNPAID', version: 2 },
      lineItems: [{ quantity: 2, amount: '198.00', description: null, variantName: 'Course', priceAmount: '198.00' }],
    })
  })

  test('bills what the order cost, not what the price costs now', async () => {
    const { createPrice } = await shop.data(
      `mutation ($id: ID!) { createPrice(input: { variantId: $id, amount: "10.00" }) { ... on CreatePricePayload { price { id } } } }`,
      { id: shop.variantId },
    )
    const priceId = createPrice.price.id
    const line = { variantId: shop.variantId, priceId, quantity: 3 }
    const { createOrder, updatePrice } = await shop.data(
      `mutation ($order: CreateOrderInput!, $priceId: ID!) {
        createOrder(input: $order) { ... on CreateOrderPayload { order { id totalAmount } } }
        updatePrice(input: { id: $priceId, amount: "99.00", archived: true }) { __typename }
      }`,
      { order: { contact: { id: shop.contactId }, liveMode: true, lineItems: [line] }, priceId },
    )
    expect([createOrder.order.totalAmount, updatePrice.__typename]).toEqual(['30.00', 'UpdatePricePayload'])
    const copied = await create({ order: { id: createOrder.order.id } })
    expect(copied.invoice).toMatchObject({
      totalAmount: '30.00',
      lineItems: [{ amount: '10.00', priceAmount: '99.00' }],
    })
    // A price that was archived since still bills the orders that have it.
    const explicit = await create({ order: { id: createOrder.order.id }, lineItems: [line] })
    expect(explicit.invoice.totalAmount).toBe('297.00')
  })

  test('takes lines with amounts of their own', async () => {
    const line = { variantId: shop.variantId, priceId: shop.oneTimePriceId }
    const { invoice } = await create({
      lineItems: [
        { ...line, quantity: 3, amount: '0.10' },
        { ...line, quantity: 1, amount: '0.2', description: 'Extra' },
        { ...line, quantity: 1 },
      ],
    })
    expect(invoice).toMatchObject({ subtotalAmount: '198.50', totalAmount: '198.50' })
    expect(invoice.lineItems.map((item: Found) => [item.amount, item.description])).toEqual([
      ['0.10', null],
      ['0.20', 'Extra'],
      ['198.00', null],
    ])
  })

  test('is a snapshot: what becomes of the catalog later leaves it alone', async () => {
    const { createProduct } = await shop.data(
      `mutation { createProduct(input: { name: "Before" }) { ... on CreateProductPayload { product { defaultVariant { id } } } } }`,
    )
    const variantId = createProduct.product.defaultVariant.id
    const { createPrice } = await shop.data(
      `mutation ($id: ID!) { createPrice(input: { variantId: $id, amount: "7.00" }) { ... on CreatePricePayload { price { id } } } }`,
      { id: variantId },
    )
    const priceId = createPrice.price.id
    const { invoice } = await create({ lineItems: [{ variantId, priceId, quantity: 1 }] })
    const changed = await shop.data(
      `mutation ($variantId: ID!, $priceId: ID!) {
        updateVariant(input: { id: $variantId, name: "After" }) { __typename }
        updatePrice(input: { id: $priceId, amount: "8.00" }) { __typename }
      }`,
      { variantId, priceId },
    )
    expect(changed).toEqual({
      updateVariant: { __typename: 'UpdateVariantPayload' },
      updatePrice: { __typename: 'UpdatePricePayload' },
    })
    const { node } = await shop.data(`query ($id: ID!) { node(id: $id) { ... on Invoice { ${fields} } } }`, {
      id: invoice.id,
    })
    expect(node).toMatchObject({
      totalAmount: '7.00',
      lineItems: [{ amount: '7.00', priceAmount: '7.00', variantName: 'Before', variant: { name: 'After' } }],
    })
  })

  test('numbers count up without gaps and pass over given ones', async () => {
    const { invoice: first } = await create()
    const next = Number(first.number) + 1
    const given = await create({ number: String(next) })
    expect(given.invoice.number).toBe(String(next))
    expect((await create()).invoice.number).toBe(String(next + 1))
    expect((await create({ number: 'INV-1' })).invoice.number).toBe('INV-1')
    expect((await create()).invoice.number).toBe(String(next + 2))
    const rows = await shop.rows()
    expect(await create({ number: 'INV-1' })).toMatchObject({
      __typename: 'InvoiceNumberTaken',
      code: 'INVOICE_NUMBER_TAKEN',
      path: ['input', 'number'],
      existing: { number: 'INV-1' },
    })
    expect(await shop.rows()).toEqual(rows)
  })

  test('numbers that are given and numbers that are dealt out at the same time are all different', async () => {
    const { invoice: last } = await create()
    const from = Number(last.number) + 1
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) => create(index % 2 === 0 ? {} : { number: String(from + index) })),
    )
    const numbers = results.flatMap(result => (result.invoice ? [result.invoice.number] : []))
    expect(new Set(numbers).size).toBe(numbers.length)
    // A given number can only be late: then it is refused.
    expect(results.filter(result => !result.invoice).map(result => result.code)).toEqual(
      results.filter(result => !result.invoice).map(() => 'INVOICE_NUMBER_TAKEN'),
    )
    expect(numbers.length).toBeGreaterThanOrEqual(20)
  })

  test('an external id belongs to one invoice', async () => {
    const { invoice } = await create({ externalId: 'ext-1' })
    const rows = await shop.rows()
    expect(await create({ externalId: 'ext-1' })).toMatchObject({
      __typename: 'ExternalIdTaken',
      existing: { number: invoice.number },
    })
    expect(await shop.rows()).toEqual(rows)
  })

  test.each<[string, object, string, string[]]>([
    ['a comma', { shippingAmount: '1,50' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['an exponent', { shippingAmount: '1e2' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['a sign', { shippingAmount: '-1' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['other digits', { shippingAmount: '١٢' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['too many decimals', { shippingAmount: '1.005' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['too many digits', { shippingAmount: '1000000000000' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['white space', { shippingAmount: ' 1' }, 'INVALID_AMOUNT', ['input', 'shippingAmount']],
    ['no lines', { lineItems: [] }, 'TOO_FEW', ['input', 'lineItems']],
    ['payment of the unpaid', { paidAt: '2026-01-01T00:00:00Z' }, 'NOT_APPLICABLE', ['input', 'paidAt']],
    ['payment in the future', { status: 'PAID', paidAt: '2199-01-01T00:00:00Z' }, 'IN_THE_FUTURE', ['input', 'paidAt']],
    ['a processor’s status', { status: 'DRAFT' }, 'INVALID_STATUS', ['input', 'status']],
    ['a subscription’s type', { invoiceType: 'RENEWAL' }, 'INVALID_INVOICE_TYPE', ['input', 'invoiceType']],
    [
      'a due date before the date of issue',
      { issuedAt: '2026-02-01T00:00:00Z', dueAt: '2026-01-31T00:00:00Z' },
      'DUE_BEFORE_ISSUED',
      ['input', 'dueAt'],
    ],
    ['a blank number', { number: '' }, 'BLANK', ['input', 'number']],
    ['an unknown order', { order: { externalId: 'nowhere' } }, 'NOT_FOUND', ['input', 'order']],
    ['two references', { order: { externalId: 'a', number: '#1001' } }, 'ONE_REFERENCE', ['input', 'order']],
  ])('%s is refused and writes nothing', async (_what, members, code, path) => {
    const rows = await shop.rows()
    expect(await create(members)).toMatchObject({ __typename: 'InvalidInput', issues: [{ code, path }] })
    expect(await shop.rows()).toEqual(rows)
  })
})

test('createInvoice lists everything that is wrong', async () => {
  const rows = await shop.rows()
  const result = await create({
    order: { externalId: 'nowhere' },
    status: 'DRAFT',
    issuedAt: '2026-02-01T00:00:00Z',
    dueAt: '2026-01-31T00:00:00Z',
    lineItems: [{ variantId: shop.variantId, priceId: encodeGlobalId('Price', '999999999'), quantity: 1 }],
  })
  expect(result.issues).toEqual([
    { code: 'NOT_FOUND', path: ['input', 'order'] },
    { code: 'INVALID_STATUS', path: ['input', 'status'] },
    { code: 'DUE_BEFORE_ISSUED', path: ['input', 'dueAt'] },
    { code: 'NOT_FOUND', path: ['input', 'lineItems', '0', 'priceId'] },
  ])
  expect(await shop.rows()).toEqual(rows)
})

describe('updateInvoice', () => {
  test('lists everything that is wrong', async () => {
    const { invoice } = await create()
    const result = await update(invoice.id, {
      dueAt: '2020-01-01T00:00:00Z',
      lineItems: [{ id: encodeGlobalId('InvoiceLineItem', '999999999'), quantity: 1 }],
    })
    expect(result.issues).toEqual([
      { code: 'NOT_FOUND', path: ['input', 'lineItems', '0', 'id'] },
      { code: 'DUE_BEFORE_ISSUED', path: ['input', 'dueAt'] },
    ])
  })

  test('changes lines, shipping and dates of the unpaid, and adds up anew', async () => {
    const { invoice } = await create()
    const [line] = invoice.lineItems
    const before = (await shop.events()).at(-1)?.sequence
    const updated = await update(invoice.id, {
      shippingAmount: '5.5',
      dueAt: '2030-01-01T00:00:00Z',
      externalId: 'renamed',
      lineItems: [{ id: line.id, quantity: 3, amount: '100', description: 'Discounted' }],
    })
    expect(updated.invoice).toMatchObject({
      version: 2,
      number: invoice.number,
      externalId: 'renamed',
      subtotalAmount: '300.00',
      shippingAmount: '5.50',
      totalAmount: '305.50',
      dueAmount: '305.50',
      dueAt: '2030-01-01T00:00:00.000Z',
      lineItems: [{ id: line.id, quantity: 3, amount: '100.00', description: 'Discounted' }],
    })
    const [event, ...rest] = await shop.events(before)
    expect(rest).toEqual([])
    expect(event).toMatchObject({
      type: 'orders/invoice.updated',
      data: { total_amount: '305.50', line_items: [{ quantity: 3 }] },
    })
    const cleared = await update(invoice.id, { externalId: null, dueAt: null })
    expect(cleared.invoice).toMatchObject({ externalId: null, dueAt: null, totalAmount: '305.50', version: 3 })
  })

  test('nothing new writes nothing', async () => {
    const { invoice } = await create()
    const rows = await shop.rows()
    const same = await update(invoice.id, {
      shippingAmount: '0.00',
      number: invoice.number,
      lineItems: [{ id: invoice.lineItems[0].id, quantity: 2 }],
    })
    expect(same.invoice.version).toBe(1)
    expect(await shop.rows()).toEqual(rows)
  })

  test('another date of issue can make another invoice the latest', async () => {
    const { invoice: first } = await create({ issuedAt: '2026-01-01T00:00:00Z' })
    await create({ issuedAt: '2026-02-01T00:00:00Z', status: 'VOIDED' })
    const before = (await shop.events()).at(-1)?.sequence
    const moved = await update(first.id, { issuedAt: '2026-03-01T00:00:00Z' })
    expect(moved.invoice.order.billingStatus).toBe('UNPAID')
    expect((await shop.events(before)).map(event => event.type)).toEqual(['orders/invoice.updated', 'order.updated'])
  })

  test('once paid only number and external id change', async () => {
    const { invoice } = await create({ status: 'PAID' })
    const rows = await shop.rows()
    for (const members of [
      { shippingAmount: '1.00' },
      { issuedAt: '2026-01-01T00:00:00Z' },
      { dueAt: null },
      { lineItems: [] },
    ]) {
      const [member = ''] = Object.keys(members)
      expect(await update(invoice.id, members)).toMatchObject({
        __typename: 'InvoiceNotEditable',
        code: 'INVOICE_NOT_EDITABLE',
        path: ['input', member],
      })
    }
    expect(await shop.rows()).toEqual(rows)
    const renumbered = await update(invoice.id, { number: 'PAID-1', externalId: 'paid-1' })
    expect(renumbered.invoice).toMatchObject({
      number: 'PAID-1',
      externalId: 'paid-1',
      totalAmount: '396.00',
      dueAmount: '0.00',
    })
    expect((await update((await create()).invoice.id, { number: 'PAID-1' })).__typename).toBe('InvoiceNumberTaken')
  })

  test('null for the lines changes none, also when they are fixed', async () => {
    const { invoice } = await create({ status: 'PAID', idempotencyKey: 'paid', dueAt: null })
    expect((await create({ status: 'PAID', idempotencyKey: 'paid' })).invoice.id).toBe(invoice.id)
    const updated = await update(invoice.id, { lineItems: null })
    expect(updated.invoice).toMatchObject({ version: 1, lineItems: invoice.lineItems })
  })

  test('null takes the shipping away', async () => {
    const { invoice } = await create({ shippingAmount: '10.00' })
    const updated = await update(invoice.id, { shippingAmount: null })
    expect(updated.invoice).toMatchObject({ shippingAmount: '0.00', totalAmount: '396.00', dueAmount: '396.00' })
  })

  test.each([3, 2])('a line is named once, also when its first mention changes nothing (%i)', async quantity => {
    const { invoice } = await create()
    const [{ id }] = invoice.lineItems
    const rows = await shop.rows()
    const result = await update(invoice.id, {
      lineItems: [
        { id, quantity },
        { id, quantity: 4 },
      ],
    })
    expect(result.issues).toEqual([{ code: 'DUPLICATE', path: ['input', 'lineItems', '1', 'id'] }])
    expect(await shop.rows()).toEqual(rows)
  })

  test('an invoice is not due before it is issued', async () => {
    const { invoice } = await create({ issuedAt: '2026-02-01T00:00:00Z', dueAt: '2026-03-01T00:00:00Z' })
    const rows = await shop.rows()
    const refused = async (members: object, ...path: string[]) =>
      expect((await update(invoice.id, members)).issues).toEqual([{ code: 'DUE_BEFORE_ISSUED', path }])
    await refused({ dueAt: '2026-01-31T00:00:00Z' }, 'input', 'dueAt')
    await refused({ issuedAt: '2026-03-02T00:00:00Z' }, 'input', 'issuedAt')
    await refused({ issuedAt: '2026-04-01T00:00:00Z', dueAt: '2026-03-31T00:00:00Z' }, 'input', 'dueAt')
    expect(await shop.rows()).toEqual(rows)
    const moved = await update(invoice.id, { issuedAt: '2026-04-01T00:00:00Z', dueAt: '2026-04-01T00:00:00Z' })
    expect(moved.invoice).toMatchObject({ issuedAt: '2026-04-01T00:00:00.000Z', dueAt: '2026-04-01T00:00:00.000Z' })
    const undated = await update(invoice.id, { issuedAt: '2026-05-01T00:00:00Z', dueAt: null })
    expect(undated.invoice).toMatchObject({ issuedAt: '2026-05-01T00:00:00.000Z', dueAt: null })
  })

  test('lines of another invoice are unknown', async () => {
    const [{ invoice: mine }, { invoice: other }] = [await create(), await create()]
    const rows = await shop.rows()
    const result = await update(mine.id, { lineItems: [{ id: other.lineItems[0].id, quantity: 9 }] })
    expect(result.issues).toEqual([{ code: 'NOT_FOUND', path: ['input', 'lineItems', '0', 'id'] }])
    expect(await shop.rows()).toEqual(rows)
  })
})

test('what is to be shipped is unfulfilled once it is paid', async () => {
  const { createProduct } = await shop.data(
    `mutation { createProduct(input: { name: "Kit", defaultVariant: { productType: PHYSICAL, fulfillmentRequired: true } }) {
      ... on CreateProductPayload { product { defaultVariant { id } } } } }`,
  )
  const variantId = createProduct.product.defaultVariant.id
  const { createPrice } = await shop.data(
    `mutation ($id: ID!) { createPrice(input: { variantId: $id, amount: "7.00" }) { ... on CreatePricePayload { price { id } } } }`,
    { id: variantId },
  )
  const digital = { variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }
  const physical = { variantId, priceId: createPrice.price.id, quantity: 1 }
  const statusesOf = async (members: object) => {
    const { invoice } = await create(members)
    const { node } = await shop.data(
      `query ($id: ID!) { node(id: $id) { ... on Invoice { fulfillmentStatus lineItems { fulfillmentStatus } } } }`,
      { id: invoice.id },
    )
    const event = (await shop.events()).findLast(({ type }) => type === 'orders/invoice.created')
    expect(event?.data.fulfillment_status).toBe(node.fulfillmentStatus.toLowerCase())
    return [node.fulfillmentStatus, node.lineItems.map((line: Found) => line.fulfillmentStatus)]
  }
  const lineItems = [digital, physical]
  expect(await statusesOf({ lineItems })).toEqual(['NOT_APPLICABLE', ['IGNORED', 'UNFULFILLED']])
  expect(await statusesOf({ lineItems, status: 'PAID' })).toEqual(['UNFULFILLED', ['IGNORED', 'UNFULFILLED']])
  expect(await statusesOf({ lineItems: [digital], status: 'PAID' })).toEqual(['NOT_APPLICABLE', ['IGNORED']])
})

test('lists are narrowed to invoices of live or of test orders', async () => {
  const own = await openShop(gateway)
  const lineItems = [{ variantId: own.variantId, priceId: own.oneTimePriceId, quantity: 1 }]
  const numbers: Record<string, string> = {}
  for (const liveMode of [true, false]) {
    const externalId = String(liveMode)
    const made = await own.data(
      `mutation ($order: CreateOrderInput!, $invoice: CreateInvoiceInput!) {
        createOrder(input: $order) { __typename }
        createInvoice(input: $invoice) { ... on CreateInvoicePayload { invoice { number } } }
      }`,
      {
        order: { contact: { id: own.contactId }, liveMode, externalId, lineItems },
        invoice: { order: { externalId } },
      },
    )
    numbers[externalId] = made.createInvoice.invoice.number
  }
  const list = async (liveMode: boolean | null) => {
    const { invoices } = await own.data(
      `query ($filter: InvoiceFilter) {
        invoices(filter: $filter, sort: CREATED_AT_ASC) { totalCount edges { node { number } } }
      }`,
      { filter: { liveMode } },
    )
    expect(invoices.totalCount).toBe(invoices.edges.length)
    return invoices.edges.map((edge: Found) => edge.node.number)
  }
  expect(await list(true)).toEqual([numbers.true])
  expect(await list(false)).toEqual([numbers.false])
  expect(await list(null)).toEqual([numbers.true, numbers.false])
})

test('amounts have as many decimals as their currency', async () => {
  const yen = await openShop(gateway, 'JPY')
  const buy = (shippingAmount: string) =>
    yen.data(
      `mutation ($order: CreateOrderInput!, $invoice: CreateInvoiceInput!) {
        createOrder(input: $order) { ... on CreateOrderPayload { order { totalAmount currency } } }
        createInvoice(input: $invoice) {
          ... on CreateInvoicePayload { invoice { totalAmount shippingAmount dueAmount } }
          ... on UserError { code }
        }
      }`,
      {
        order: {
          contact: { id: yen.contactId },
          liveMode: true,
          externalId: shippingAmount,
          lineItems: [{ variantId: yen.variantId, priceId: yen.oneTimePriceId, quantity: 2 }],
        },
        invoice: { order: { externalId: shippingAmount }, shippingAmount },
      },
    )
  expect(await buy('10')).toEqual({
    createOrder: { order: { totalAmount: '396', currency: 'JPY' } },
    createInvoice: { invoice: { totalAmount: '406', shippingAmount: '10', dueAmount: '406' } },
  })
  expect((await buy('10.00')).createInvoice).toEqual({ code: 'INVALID_INPUT' })
})
