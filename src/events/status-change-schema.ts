import type { builder } from '../graphql/builder.ts'
import { EventRef } from './event-refs.ts'
import { EventActor } from './event-schema.ts'
import { eventByUuid } from './event-uuid-refs.ts'

/** What the histories of orders and invoices keep of a change. */
interface StatusChangeRow {
  changed_at: string
  actor_type: string
  actor_id: string
  actor_name: string | null
  event_id: string
}

type Fields<Row extends StatusChangeRow> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Row>

/** Who changed a status, when, and the event that says so. */
export function statusChangeFields<Row extends StatusChangeRow>(t: Fields<Row>) {
  return {
    changedAt: t.field({ type: 'DateTime', description: 'When.', resolve: change => change.changed_at }),
    actor: t.field({ type: EventActor, description: 'Who.', resolve: change => change }),
    event: t.field({
      type: EventRef,
      nullable: true,
      scope: 'events:read',
      description: 'The event that says so; null when the log no longer keeps it, or the key may not read events.',
      resolve: (change, _args, context) => eventByUuid(context, change.event_id),
    }),
  }
}
