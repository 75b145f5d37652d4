import { enumOf } from '../graphql/enum.ts'
import { type EventType, eventTypes } from './event.ts'
import { type EventGroup, eventGroups } from './event-groups.ts'

const entries = Object.entries(eventTypes) as [EventType, { subject: string; firesWhen: string }][]

/** Event types as GraphQL has them. */
export const EventTypeEnum = enumOf(
  'EventType',
  'What happened: ClickFunnels’ event types of the order domain.',
  Object.fromEntries(
    entries.map(([type, { subject, firesWhen }]) => [type, `\`${type}\`, about ${subject}: ${firesWhen}.`]),
  ) as Record<EventType, string>,
)

/** Groups of event types. */
export const EventGroupEnum = enumOf<EventGroup>('EventGroup', 'A group of event types.', eventGroups)

/** The type as the enum has it; null for a type that this version does not know. */
export function knownEventType(type: string): EventType | null {
  return Object.hasOwn(eventTypes, type) ? (type as EventType) : null
}
