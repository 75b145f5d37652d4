import { nodeRef } from '../graphql/node.ts'
import { loadPrices } from './price-store.ts'

/** The GraphQL type of a price, for the modules that point to it. */
export const PriceRef = nodeRef('Price', { scope: 'catalog:read', table: 'prices', load: loadPrices })
