import { sql } from 'kysely'
import { graphql } from './client.ts'
import type { Gateway } from './gateway.ts'

type Variables = Record<string, unknown>

/** A workspace with somebody to sell to and something to sell; ids are global ids. */
export interface Shop {
  key: string
  workspaceId: string
  contactId: string
  productId: string
  variantId: string
  /** 198.00, paid once. */
  oneTimePriceId: string
  /** 49.00 a month. */
  subscriptionPriceId: string
  /** The data of an answer that has no errors. */
  data(document: string, variables?: Variables): Promise<Record<string, Found>>
  /** The events of the log from a sequence on, oldest first. */
  events(after?: number): Promise<{ sequence: number; type: string; data: Record<string, unknown> }[]>
  /** How many rows of each kind the workspace has: a refusal leaves them as they are. */
  rows(): Promise<Record<string, number>>
}

/** Whatever a document found. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape their documents give
export type Found = any

const tables = [
  'contacts',
  'contact_addresses',
  'products',
  'variants',
  'prices',
  'orders',
  'order_line_items',
  'order_status_changes',
  'invoices',
  'invoice_line_items',
  'invoice_status_changes',
  'events',
  'idempotency_keys',
] as const

let shops = 0

/** Opens a shop in a workspace of its own. */
export async function openShop(
  gateway: Pick<Gateway, 'url' | 'databases' | 'createKey'>,
  currency = 'USD',
): Promise<Shop> {
  shops += 1
  const { key, workspaceId } = await gateway.createKey({ subdomain: `shop-${process.pid}-${shops}`, currency })
  const { db } = gateway.databases
  const data: Shop['data'] = async (document, variables) => {
    const { body } = await graphql(gateway.url, key, document, variables)
    if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors))
    return body.data as Record<string, Found>
  }
  const amounts = currency === 'USD' ? ['198.00', '49.00'] : ['198', '49']
  const made = await data(
    `mutation {
      createContact(input: { emailAddress: "ada@example.com", firstName: "Ada" }) {
        ... on CreateContactPayload { contact { id } }
      }
      createProduct(input: { name: "Course" }) {
        ... on CreateProductPayload { product { id defaultVariant { id } } }
      }
    }`,
  )
  const { product } = made.createProduct
  const prices = await data(
    `mutation ($variantId: ID!, $oneTime: Decimal!, $monthly: Decimal!) {
      oneTime: createPrice(input: { variantId: $variantId, amount: $oneTime }) {
        ... on CreatePricePayload { price { id } }
      }
      monthly: createPrice(
        input: { variantId: $variantId, amount: $monthly, paymentType: SUBSCRIPTION, interval: MONTHS, intervalCount: 1 }
      ) { ... on CreatePricePayload { price { id } } }
    }`,
    { variantId: product.defaultVariant.id, oneTime: amounts[0], monthly: amounts[1] },
  )
  return {
    key,
    workspaceId,
    contactId: made.createContact.contact.id,
    productId: product.id,
    variantId: product.defaultVariant.id,
    oneTimePriceId: prices.oneTime.price.id,
    subscriptionPriceId: prices.monthly.price.id,
    data,
    async events(after = 0) {
      const events = await db
        .selectFrom('events')
        .select(['sequence', 'type', 'data'])
        .where('workspace_id', '=', workspaceId)
        .where('sequence', '>', String(after))
        .orderBy('sequence')
        .execute()
      return events.map(event => ({
        sequence: Number(event.sequence),
        type: event.type,
        data: JSON.parse(event.data) as Record<string, unknown>,
      }))
    },
    async rows() {
      const counts = await Promise.all(
        tables.map(async table => {
          const { rows } = await sql<{ count: string }>`
            select count(*) from ${sql.table(table)} where workspace_id = ${workspaceId}`.execute(db)
          return [table, Number(rows[0]?.count)] as const
        }),
      )
      return Object.fromEntries(counts)
    },
  }
}
