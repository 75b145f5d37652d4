import { nodeRef } from '../graphql/node.ts'
import { loadVariants } from './variant-store.ts'

/** The GraphQL type of a variant, for the modules that point to it. */
export const VariantRef = nodeRef('Variant', { scope: 'catalog:read', table: 'variants', load: loadVariants })
