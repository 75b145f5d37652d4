import { nodeRef } from '../graphql/node.ts'
import { loadContacts } from './contact-store.ts'

/** The GraphQL type of a contact, for the modules that point to it. */
export const ContactRef = nodeRef('Contact', { scope: 'contacts:read', table: 'contacts', load: loadContacts })
