import { GatewayError } from '../remote-gateway.ts'
import type { Stage } from './stage.ts'

/** The stock keeping unit of the variant that all flows sell. */
const sku = 'trigger'

interface NamedObject {
  id: string
  name: string
}

type Found<Node> = { found: { edges: { node: Node }[] } }

const findVariant = `query ($sku: String!) {
  found: variants(first: 1, filter: { sku: $sku, archived: false }) { edges { node { id name product { id name } } } }
}`

/** The product of all flows with its variant, made where there is none. */
export async function knownProduct(stage: Stage): Promise<void> {
  const { found } = await stage.gateway.ask<Found<NamedObject & { product: NamedObject }>>(findVariant, { sku })
  const variant = found.edges[0]?.node
  if (variant === undefined) await createProduct(stage, 'Trigger product', { sku })
  else keepProduct(stage, variant.product, variant)
}

/** A product of this run. */
export async function newProduct(stage: Stage): Promise<void> {
  await createProduct(stage, `Trigger product ${stage.run}`)
}

async function createProduct(stage: Stage, name: string, defaultVariant?: object): Promise<void> {
  const selection = '... on CreateProductPayload { product { id name defaultVariant { id name } } }'
  const { product } = await stage.mutate<{ product?: (NamedObject & { defaultVariant: NamedObject }) | null }>(
    'createProduct',
    { name, defaultVariant },
    selection,
  )
  keepProduct(stage, product, product?.defaultVariant)
}

function keepProduct(stage: Stage, product: NamedObject | null | undefined, variant: NamedObject | undefined): void {
  stage.keep('Product', product && { id: product.id, label: product.name })
  stage.keep('Products::Variant', variant && { id: variant.id, label: variant.name })
}

/** Gives the product a search engine title that it did not have. */
export async function retitleProduct(stage: Stage): Promise<void> {
  await stage.mutate('updateProduct', { id: stage.idOf('Product'), seoTitle: stage.run }, '__typename')
}

/** Gives the variant a description that it did not have. */
export async function describeVariant(stage: Stage): Promise<void> {
  await stage.mutate('updateVariant', { id: stage.idOf('Products::Variant'), description: stage.run }, '__typename')
}

/** The prices that flows sell for; amounts without decimals fit every currency. */
export const offers = {
  oneTime: { key: 'trigger-one-time', amount: '20' },
  monthly: {
    key: 'trigger-monthly',
    amount: '10',
    paymentType: 'SUBSCRIPTION',
    interval: 'MONTHS',
    intervalCount: 1,
  },
}

const findPrice = `query ($key: String!, $variantId: ID!) {
  found: prices(first: 1, filter: { key: $key, variantId: $variantId, archived: false }) { edges { node { id } } }
}`

/** The id of a price of the known product, made where there is none. */
export async function priceOf(stage: Stage, offer: (typeof offers)[keyof typeof offers]): Promise<string> {
  const variantId = stage.idOf('Products::Variant')
  const { found } = await stage.gateway.ask<Found<{ id: string }>>(findPrice, { key: offer.key, variantId })
  const known = found.edges[0]?.node.id
  if (known !== undefined) return known
  const selection = '... on CreatePricePayload { price { id } }'
  const { price } = await stage.mutate<{ price?: { id: string } | null }>(
    'createPrice',
    { variantId, ...offer },
    selection,
  )
  if (price == null) throw new GatewayError('the key needs catalog:read')
  return price.id
}
