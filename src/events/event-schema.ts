import { builder } from '../graphql/builder.ts'
import { loadNode, NodeInterface } from '../graphql/node.ts'
import { encodeGlobalId } from '../shared/global-id.ts'
import { encodeEventCursor } from './cursor.ts'
import { EventTypeEnum, knownEventType } from './event-enums.ts'
import { EventRef, eventIdOf } from './event-refs.ts'
import type { EventRow } from './event-store.ts'
import { typenameOf } from './event-subject.ts'
import type { StreamItem } from './stream-item.ts'
import { webhookPayload } from './webhook-body.ts'

/** Whatever a stream of the log can bring. */
export const EventStreamItem = builder.interfaceRef<StreamItem>('EventStreamItem').implement({
  description: 'Something that a stream of the event log brings: an event, or where the stream stands. Select by type.',
  resolveType: item => ('kind' in item ? item.kind : 'Event'),
  fields: t => ({
    cursor: t.string({
      description: 'The place in the log right after this item: everything up to here was delivered or filtered out.',
      resolve: (item, _args, { actor }) => encodeEventCursor(actor.workspace, item.sequence),
    }),
  }),
})

/** Who caused an event or a change of status. */
export const EventActor = builder
  .objectRef<Pick<EventRow, 'actor_type' | 'actor_id' | 'actor_name'>>('EventActor')
  .implement({
    description: 'Who caused an event.',
    fields: t => ({
      type: t.exposeString('actor_type', { description: 'Such as `Platform::Application` for an API key.' }),
      id: t.exposeString('actor_id', { description: 'Its database id.' }),
      name: t.exposeString('actor_name', {
        nullable: true,
        description: 'Such as the API key’s; null when it has none.',
      }),
    }),
  })

builder.objectType(EventRef, {
  description: 'One entry of the workspace’s event log. The log is append-only; its sequence has no gaps.',
  interfaces: [NodeInterface, EventStreamItem],
  fields: t => ({
    id: t.id({
      description: 'The opaque global id of the object.',
      resolve: event => encodeGlobalId('Event', eventIdOf(event)),
    }),
    eventId: t.exposeString('event_id', { description: 'The UUID that webhooks show as `event_id`.' }),
    sequence: t.exposeString('sequence', {
      description: 'The place in the workspace’s log: 1 for the first event, then one more for each.',
    }),
    type: t.field({
      type: EventTypeEnum,
      nullable: true,
      description: 'What happened; null for a type that is newer than this schema: see `eventType`.',
      resolve: event => knownEventType(event.type),
    }),
    eventType: t.exposeString('type', { description: 'What happened, in ClickFunnels’ words: `orders/invoice.paid`.' }),
    createdAt: t.expose('created_at', {
      type: 'DateTime',
      description: 'When it happened; never earlier than the event before it.',
    }),
    liveMode: t.exposeBoolean('live_mode', {
      nullable: true,
      description: 'False for test orders; null for subjects that have no mode, such as contacts.',
    }),
    apiVersion: t.exposeInt('api_version', { description: 'The version of the webhook body in `payload`.' }),
    payload: t.field({
      type: 'JSON',
      description: 'ClickFunnels’ webhook body. Its `data` is the subject as it was right after the change.',
      resolve: webhookPayload,
    }),
    subject: t.field({
      type: NodeInterface,
      nullable: true,
      description:
        'What it happened to, as it is now; null when that is gone or no type of this API, or the key may not read it.',
      resolve(event, _args, context) {
        const typename = typenameOf(event.subject_type)
        return typename === undefined ? null : loadNode(context, typename, event.subject_id)
      },
    }),
    subjectType: t.exposeString('subject_type', {
      description: 'ClickFunnels’ class name of the subject, such as `Orders::Invoice`.',
    }),
    subjectId: t.exposeString('subject_id', { description: 'The database id of the subject.' }),
    actor: t.field({ type: EventActor, description: 'Who caused it.', resolve: event => event }),
  }),
})
