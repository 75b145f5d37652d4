import { bearer, send } from './send.js'

/** The key is unknown to the gateway. */
export class KeyRefused extends Error {}

/**
 * What the workspace has to tell the story with. What it lacks, or the key may not read, is undefined. Throws
 * {@link KeyRefused}.
 */
export async function findStory(lookups, key) {
  if (!/^[\x21-\x7e]+$/.test(key)) throw new KeyRefused('No key has such characters.')
  const find = async operationName => {
    const { data, errors } = await send({ query: lookups, operationName }, bearer(key))
    if (errors?.[0]?.extensions?.code === 'UNAUTHENTICATED') throw new KeyRefused(errors[0].message)
    return data ?? {}
  }
  const [prices, contacts, orders, log] = await Promise.all(
    ['FindPrices', 'FindContact', 'FindOrder', 'FindPlace'].map(find),
  )
  const sold = nodes(prices.prices).filter(price => !price.variant.archived)
  const [invoice] = nodes(orders.invoices)
  return {
    lines: sold.slice(0, 2),
    contact: nodes(contacts.contacts)[0],
    number: (invoice?.order ?? nodes(orders.orders)[0])?.number,
    cursor: log.events?.edges[0]?.cursor,
  }
}

function nodes(connection) {
  return connection?.edges.map(edge => edge.node) ?? []
}

/**
 * The story's tabs in their order: each operation with the variables of one run. Every call makes another run, with
 * external ids and idempotency keys of its own.
 */
export function storyTabs(operations, { lines, contact, number, cursor }) {
  const run = `story-${crypto.randomUUID().slice(0, 8)}`
  const order = { externalId: run }
  const invoice = { externalId: `${run}-invoice` }
  const variables = {
    ListOrders: { first: 10 },
    OpenOrder: { number: number ?? '#1001' },
    CreateOrder: {
      input: {
        contact: contact?.emailAddress ? { emailAddress: contact.emailAddress } : { id: contact?.id ?? '' },
        lineItems: (lines.length > 0 ? lines : [{ id: '', variant: { id: '' } }]).map((price, index) => ({
          variantId: price.variant.id,
          priceId: price.id,
          quantity: index + 1,
        })),
        liveMode: false,
        ...order,
        idempotencyKey: `${run}-create`,
      },
    },
    InvoiceOrder: {
      input: { order, ...invoice, dueAt: inDays(14), idempotencyKey: `${run}-bill` },
    },
    PayInvoice: { input: { invoice, status: 'PAID', idempotencyKey: `${run}-pay` } },
    RefundInvoice: { input: { invoice, status: 'REFUNDED', idempotencyKey: `${run}-refund` } },
    FollowEvents: { after: cursor ?? 'START' },
  }
  return Object.entries(variables).map(([name, values]) => ({
    query: operations[name],
    variables: JSON.stringify(values, undefined, 2),
  }))
}

function inDays(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString()
}
