import { nodeRef } from '../graphql/node.ts'
import { loadProducts } from './product-store.ts'

/** The GraphQL type of a product, for the modules that point to it. */
export const ProductRef = nodeRef('Product', { scope: 'catalog:read', table: 'products', load: loadProducts })
