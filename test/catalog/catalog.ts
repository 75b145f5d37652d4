import { encodeGlobalId } from '../../src/shared/global-id.ts'
import type { Shop } from './shops.ts'

type Input = Record<string, unknown>

/** A new product; the ids of it and of its default variant. */
export async function createProduct(shop: Shop, input: Input) {
  const { product } = await shop.ask<{ product: { id: string; databaseId: string; defaultVariant: Node } }>(
    `mutation($input: CreateProductInput!) {
      createProduct(input: $input) {
        ... on CreateProductPayload { product { id databaseId defaultVariant { id databaseId } } }
        ... on UserError { message path }
      }
    }`,
    { input },
  )
  const { id, databaseId, defaultVariant } = product
  return { id, databaseId, variantId: defaultVariant.id, variantNumber: Number(defaultVariant.databaseId) }
}

interface Node {
  id: string
  databaseId: string
}

/** A new variant's id. */
export async function createVariant(shop: Shop, input: Input): Promise<string> {
  const { variant } = await shop.ask<{ variant: { id: string } }>(
    `mutation($input: CreateVariantInput!) {
      createVariant(input: $input) {
        ... on CreateVariantPayload { variant { id } }
        ... on UserError { message path }
      }
    }`,
    { input },
  )
  return variant.id
}

/** A new price's id. */
export async function createPrice(shop: Shop, input: Input): Promise<string> {
  const { price } = await shop.ask<{ price: { id: string } }>(
    `mutation($input: CreatePriceInput!) {
      createPrice(input: $input) {
        ... on CreatePricePayload { price { id } }
        ... on UserError { message path }
      }
    }`,
    { input },
  )
  return price.id
}

/** A new order of one line, paid once or again and again as its price says. */
export async function createOrder(shop: Shop, line: { variantId: string; priceId: string }): Promise<void> {
  const { contact } = await shop.ask<{ contact: { id: string } }>(
    'mutation { createContact(input: {}) { ... on CreateContactPayload { contact { id } } } }',
  )
  const input = { contact: { id: contact.id }, liveMode: true, lineItems: [{ ...line, quantity: 1 }] }
  const { order } = await shop.ask<{ order: { id: string } }>(
    `mutation($input: CreateOrderInput!) {
      createOrder(input: $input) { ... on CreateOrderPayload { order { id } } ... on UserError { message path } }
    }`,
    { input },
  )
  if (order === undefined) throw new Error('no order was made')
}

/** Ids that a workspace must not find: one of another workspace and one of nobody. */
export function foreignIds(typename: string, foreignId: string): string[] {
  return [foreignId, encodeGlobalId(typename, '9223372036854775807')]
}
