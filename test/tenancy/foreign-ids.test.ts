import {
  assertInterfaceType,
  type GraphQLInputType,
  type GraphQLObjectType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'
import { decodeGlobalId, encodeGlobalId } from '../../src/shared/global-id.ts'
import { connect } from '../http/socket-client.ts'
import type { TestGateway } from '../http/test-gateway.ts'
import { graphql } from '../setup/client.ts'
import type { Gateway } from '../setup/gateway.ts'
import { type Found, openShop, type Shop } from '../setup/shop.ts'
import { openWebhookShop, startSendingGateway, type WebhookShop } from '../webhooks/webhook-shop.ts'

// Every place in the schema that takes an id: what stands there in our own workspace, and the type of the id.
interface Place {
  kind: 'query' | 'mutation' | 'subscription'
  field: string
  /** Members from the field's arguments down; `0` is the first of a list. */
  path: string[]
}

function placesOf(kind: Place['kind'], type: GraphQLObjectType | null | undefined): Place[] {
  return Object.values(type?.getFields() ?? {}).flatMap(field =>
    field.args.flatMap(argument =>
      idPaths(argument.type, [argument.name], []).map(path => ({ kind, field: field.name, path })),
    ),
  )
}

function idPaths(type: GraphQLInputType, path: string[], seen: readonly GraphQLInputType[]): string[][] {
  if (isNonNullType(type)) return idPaths(type.ofType, path, seen)
  if (isListType(type)) return idPaths(type.ofType, [...path, '0'], seen)
  if (isInputObjectType(type)) {
    if (seen.includes(type)) return []
    return Object.values(type.getFields()).flatMap(field => idPaths(field.type, [...path, field.name], [...seen, type]))
  }
  return String(type) === 'ID' ? [path] : []
}

const roots = {
  query: schema.getQueryType(),
  mutation: schema.getMutationType(),
  subscription: schema.getSubscriptionType(),
}
const places = Object.entries(roots).flatMap(([kind, type]) => placesOf(kind as Place['kind'], type))

/** The types whose ids a place might take: the right one answers differently from the rest, so all are tried. */
const typenames = schema.getPossibleTypes(assertInterfaceType(schema.getType('Node'))).map(({ name }) => name)

let gateway: Gateway
let ours: Stocked
let theirs: Stocked

interface Stocked {
  shop: Shop
  ids: Record<string, string>
}

beforeAll(async () => {
  gateway = await startSendingGateway()
  ours = await stock(await openWebhookShop(gateway))
  // Whatever ids our objects have, theirs are others.
  theirs = await stock(await openWebhookShop(gateway))
})
afterAll(() => gateway[Symbol.asyncDispose]())

async function stock(shop: WebhookShop): Promise<Stocked> {
  const made = await shop.data(
    `mutation ($order: CreateOrderInput!, $invoice: CreateInvoiceInput!) {
      createOrder(input: $order) { ... on CreateOrderPayload { order { id lineItems { id } } } }
      createInvoice(input: $invoice) { ... on CreateInvoicePayload { invoice { id lineItems { id } } } }
    }`,
    {
      order: {
        contact: { id: shop.contactId },
        liveMode: true,
        externalId: 'stock',
        lineItems: [{ variantId: shop.variantId, priceId: shop.oneTimePriceId, quantity: 1 }],
      },
      invoice: { order: { externalId: 'stock' } },
    },
  )
  const { order } = made.createOrder
  const { invoice } = made.createInvoice
  const { workspace } = await shop.data('{ workspace { id } }')
  const { events } = await shop.data('{ events(last: 1) { edges { node { id } } } }')
  // Nothing answers there; what is sent is a delivery all the same.
  const endpoint = await shop.createEndpoint('http://127.0.0.1:1/', { eventTypes: ['CONTACT_UPDATED'] })
  await shop.renameContact('Grace')
  let deliveryId = ''
  await shop.until(async () => {
    const { deliveries } = await shop.data('{ deliveries { edges { node { id } } } }')
    deliveryId = deliveries.edges[0]?.node.id ?? ''
    return deliveryId !== ''
  })
  return {
    shop,
    ids: {
      Contact: shop.contactId,
      Product: shop.productId,
      Variant: shop.variantId,
      Price: shop.oneTimePriceId,
      Order: order.id,
      OrderLineItem: order.lineItems[0].id,
      Invoice: invoice.id,
      InvoiceLineItem: invoice.lineItems[0].id,
      Workspace: workspace.id,
      Event: events.edges[0].node.id,
      WebhookEndpoint: endpoint.id,
      WebhookDelivery: deliveryId,
    },
  }
}

/** What each field takes where its ids are right. */
function argumentsOf({ ids }: Stocked, { kind, field }: Place): Record<string, unknown> {
  const line = { variantId: ids.Variant, priceId: ids.Price, quantity: 1 }
  const inputs: Record<string, object> = {
    createContact: {},
    updateContact: { id: ids.Contact, firstName: 'Eve' },
    createProduct: { name: 'Product' },
    updateProduct: { id: ids.Product, name: 'Renamed' },
    createVariant: { productId: ids.Product, name: 'Variant' },
    updateVariant: { id: ids.Variant, description: 'Described' },
    createPrice: { variantId: ids.Variant, amount: '1.00' },
    updatePrice: { id: ids.Price, name: 'Named' },
    createOrder: { contact: { id: ids.Contact }, liveMode: true, lineItems: [line] },
    updateOrder: { order: { id: ids.Order }, notes: 'Noted' },
    setOrderServiceStatus: { order: { id: ids.Order }, status: 'COMPLETED' },
    createInvoice: { order: { id: ids.Order }, lineItems: [line] },
    updateInvoice: { invoice: { id: ids.Invoice }, lineItems: [{ id: ids.InvoiceLineItem, quantity: 2 }] },
    setInvoiceStatus: { invoice: { id: ids.Invoice }, status: 'PAID' },
    updateWebhookEndpoint: { id: ids.WebhookEndpoint, name: 'Renamed' },
    replayEvents: { endpointId: ids.WebhookEndpoint, after: 'START' },
  }
  if (inputs[field] !== undefined) return { input: inputs[field] }
  if (field === 'nodes') return { ids: [ids.Contact] }
  return kind === 'subscription' && field === 'events' ? { after: 'START' } : {}
}

function withValue(value: unknown, [member, ...rest]: string[], id: string): unknown {
  if (member === undefined) return id
  if (Array.isArray(value) || (value === undefined && member === '0')) {
    const list = Array.isArray(value) ? value : []
    return [withValue(list[0], rest, id), ...list.slice(1)]
  }
  return {
    ...(value as object | undefined),
    [member]: withValue((value as Record<string, unknown>)?.[member], rest, id),
  }
}

const selections: Record<string, string> = {
  nodes: '{ __typename id }',
}

function selectionOf({ kind, field }: Place): string {
  if (kind === 'mutation')
    return '{ __typename ... on InvalidInput { issues { code message path } } ... on UserError { code message path } }'
  if (kind === 'subscription') return '{ __typename ... on Node { id } }'
  const known = selections[field]
  if (known !== undefined) return known
  return field.endsWith('s') ? '{ totalCount edges { node { id } } }' : '{ __typename id }'
}

async function ask(place: Place, id: string): Promise<unknown> {
  const field = roots[place.kind]?.getFields()[place.field]
  if (field === undefined) throw new Error(`no field ${place.field}`)
  const values = withValue(argumentsOf(ours, place), place.path, id) as Record<string, unknown>
  const used = field.args.filter(argument => values[argument.name] !== undefined)
  const variables = used.map(argument => `$${argument.name}: ${argument.type}`).join(', ')
  const passed = used.map(argument => `${argument.name}: $${argument.name}`).join(', ')
  const document = `${place.kind} (${variables}) { ${place.field}(${passed}) ${selectionOf(place)} }`
  if (place.kind === 'subscription') return firstResult(document, values)
  const { status, body } = await graphql(gateway.url, ours.shop.key, document, values)
  return { status, body }
}

/** What a subscription gives first: for `events` from the start on, the place where it has caught up if nothing matches. */
async function firstResult(query: string, variables: object): Promise<unknown> {
  const client = await connect({ url: gateway.origin } as TestGateway, ours.shop.key)
  client.send({ type: 'subscribe', id: 'first', payload: { query, variables } })
  const { type, payload } = await client.next()
  client.socket.close()
  return { type, payload }
}

// An id that was not even looked up says nothing about what a foreign one gives away.
function isLookedUp(answer: unknown): boolean {
  return !/"code":"(BAD_USER_INPUT|INVALID_ID|ONE_REFERENCE|REQUIRED|INVALID_TYPE)"/.test(JSON.stringify(answer))
}

describe.each(places.map(place => [`${place.field} ${place.path.join('.')}`, place] as const))('%s', (_name, place) => {
  test('answers a foreign id exactly as one that does not exist', async () => {
    const lookedUp: string[] = []
    for (const typename of typenames) {
      const foreign = theirs.ids[typename] ?? ''
      const decoded = decodeGlobalId(foreign)
      expect(decoded?.typename).toBe(typename)
      const before = await ours.shop.rows()
      const theirRows = await theirs.shop.rows()
      const answer = await ask(place, foreign)
      const unknown = await ask(
        place,
        encodeGlobalId(typename, typename === 'Event' ? '9000000000000000000-1' : '9000000000000000000'),
      )
      expect(answer).toEqual(unknown)
      expect(JSON.stringify(answer)).not.toContain(foreign)
      if (isLookedUp(answer)) lookedUp.push(typename)
      expect(await ours.shop.rows()).toEqual(before)
      expect(await theirs.shop.rows()).toEqual(theirRows)
    }
    expect(lookedUp).not.toEqual([])
  })
})

test('the places cover every type of object', () => {
  expect(places.length).toBeGreaterThan(25)
  expect(places.filter(({ kind }) => kind === 'subscription').length).toBeGreaterThan(4)
  expect(Object.keys(ours.ids).sort()).toEqual([...typenames].sort())
})

test('endpoints and deliveries of others are as they were', async () => {
  const { webhookEndpoint, deliveries } = await theirs.shop.data(
    `query ($id: ID!) {
      webhookEndpoint(id: $id) { id name enabled }
      deliveries { totalCount edges { node { id } } }
    }`,
    { id: theirs.ids.WebhookEndpoint },
  )
  expect(webhookEndpoint).toEqual({ id: theirs.ids.WebhookEndpoint, name: 'Receiver', enabled: true })
  expect(deliveries.edges.map((edge: Found) => edge.node.id)).toEqual([theirs.ids.WebhookDelivery])
})

test('external ids and numbers of others do not exist either', async () => {
  const document = `{ byExternalId: order(externalId: "stock") { id } byNumber: order(number: "#1001") { id }
    invoice(number: "1") { id } }`
  const empty = await openShop(gateway)
  expect(await empty.data(document)).toEqual({ byExternalId: null, byNumber: null, invoice: null })
  expect((await ours.shop.data(document)).byExternalId.id).toBe(ours.ids.Order)
  expect((await theirs.shop.data(document)).byExternalId.id).toBe(theirs.ids.Order)
})

test('nothing that one key lists belongs to another workspace', async () => {
  const lists =
    '{ contacts { edges { node { id } } } products { edges { node { id } } } variants { edges { node { id } } } prices { edges { node { id } } } orders { edges { node { id } } } invoices { edges { node { id } } } }'
  const idsOf = (data: object) => [...JSON.stringify(data).matchAll(/(?<="id":")[^"]+/g)].map(([id]) => id)
  const [mine, other] = [idsOf(await ours.shop.data(lists)), idsOf(await theirs.shop.data(lists))]
  expect(mine.filter(id => other.includes(id))).toEqual([])
  expect(Math.min(mine.length, other.length)).toBeGreaterThan(5)
})
