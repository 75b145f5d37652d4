import { nodeRef } from '../graphql/node.ts'
import { loadEvents } from './event-store.ts'

/** The GraphQL type of an event, for the modules that point to it. Its id is the sequence. */
export const EventRef = nodeRef('Event', { scope: 'events:read', load: loadEvents })
