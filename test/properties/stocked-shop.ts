import type { Shop } from '../setup/shop.ts'
import type { Known } from './generated-values.ts'

const howMany = 16
const connections = ['contacts', 'products', 'variants', 'prices', 'orders', 'invoices', 'events']

/** Fills a shop with something of everything, several of what has a status, and says what there is. */
export async function stockShop(shop: Shop): Promise<Known> {
  // What inputs change is not what they sell: an archived variant would stop all orders.
  const spare = await shop.data(`mutation {
    createContact(input: { emailAddress: "spare@example.com" }) { ... on CreateContactPayload { contact { id } } }
    createProduct(input: { name: "Spare" }) {
      ... on CreateProductPayload { product { id defaultVariant { id } } }
    }
  }`)
  const { product } = spare.createProduct
  const price = await shop.data(
    `mutation ($variantId: ID!) {
      createPrice(input: { variantId: $variantId, amount: "5" }) { ... on CreatePricePayload { price { id } } }
    }`,
    { variantId: product.defaultVariant.id },
  )
  const ids = {
    Contact: [shop.contactId, spare.createContact.contact.id],
    Product: [product.id],
    Variant: [product.defaultVariant.id],
    Price: [price.createPrice.price.id],
    Order: [] as string[],
    Invoice: [] as string[],
    InvoiceLineItem: [] as string[],
  }
  for (let index = 0; index < howMany; index += 1) {
    const priceId = index % 4 === 0 ? shop.oneTimePriceId : shop.subscriptionPriceId
    const made = await shop.data(
      `mutation ($order: CreateOrderInput!, $invoice: CreateInvoiceInput!) {
        createOrder(input: $order) { ... on CreateOrderPayload { order { id } } }
        createInvoice(input: $invoice) { ... on CreateInvoicePayload { invoice { id lineItems { id } } } }
      }`,
      {
        order: {
          contact: { id: shop.contactId },
          liveMode: true,
          externalId: `known-${index}`,
          lineItems: [{ variantId: shop.variantId, priceId, quantity: 1 }],
        },
        invoice: { order: { externalId: `known-${index}` }, externalId: `known-${index}` },
      },
    )
    ids.Order.push(made.createOrder.order.id)
    ids.Invoice.push(made.createInvoice.invoice.id)
    ids.InvoiceLineItem.push(made.createInvoice.invoice.lineItems[0].id)
  }
  const found = await shop.data(
    `{ ${connections.map(list => `${list}(first: 3) { edges { cursor } }`).join(' ')} events_: events(first: 1) { edges { node { id eventId } } } }`,
  )
  const event = found.events_.edges[0].node
  const numbers = (before: string) => Array.from({ length: howMany }, (_, index) => `${before}${index + 1}`)
  const external = Array.from({ length: howMany }, (_, index) => `known-${index}`)
  const orders = Array.from({ length: howMany }, (_, index) => `#${1001 + index}`)
  return {
    ids: { ...ids, Event: [event.id] },
    sold: { variantId: [shop.variantId], priceId: [shop.oneTimePriceId, shop.subscriptionPriceId] },
    members: {
      'ContactReference.emailAddress': ['ada@example.com'],
      'contact.emailAddress': ['ada@example.com', 'nobody@example.com'],
      'OrderReference.externalId': external,
      'OrderReference.number': orders,
      'OrderFilter.number': orders,
      'order.number': orders,
      'order.externalId': external,
      'InvoiceReference.externalId': external,
      'InvoiceReference.number': numbers(''),
      'invoice.externalId': external,
      'invoice.number': numbers(''),
      'event.eventId': [event.eventId],
      'CreateStreamTicketInput.query': [
        'subscription Follow($after: String) { events(after: $after) { cursor } }',
        'subscription Follow { events(groups: [ORDER]) { __typename } }',
      ],
      'CreateStreamTicketInput.operationName': ['Follow', ''],
      'SetOrderServiceStatusInput.status': ['ACTIVE', 'PAUSED', 'CANCELED', 'CHURNED'],
      'SetInvoiceStatusInput.status': ['UNPAID', 'PAST_DUE', 'PAID', 'DISPUTED', 'REFUNDED'],
    },
    cursors: connections.flatMap(list => found[list].edges.map((edge: { cursor: string }) => edge.cursor)),
  }
}
