import { builder } from '../graphql/builder.ts'
import { encodeEventCursor } from './cursor.ts'
import { EventStreamItem } from './event-schema.ts'
import type { ControlItem } from './stream-item.ts'

type Item<Kind extends ControlItem['kind']> = Extract<ControlItem, { kind: Kind }>

builder.objectType(builder.objectRef<Item<'CaughtUp'>>('CaughtUp'), {
  description: 'Everything that was in the log is delivered; from here on events come as they happen. Comes once.',
  interfaces: [EventStreamItem],
})

builder.objectType(builder.objectRef<Item<'Heartbeat'>>('Heartbeat'), {
  description:
    'Comes when nothing else did for ten seconds. Its cursor moves on over events that the filter left out: continue from it.',
  interfaces: [EventStreamItem],
  fields: t => ({
    lagMs: t.exposeInt('lagMs', { description: 'Milliseconds since the gateway last looked at the log.' }),
  }),
})

builder.objectType(builder.objectRef<Item<'CursorExpired'>>('CursorExpired'), {
  description:
    'Events after the cursor are no longer kept, so the stream ends here. Read the state afresh and continue from `earliest`, or from the `eventCursor` of that reading.',
  interfaces: [EventStreamItem],
  fields: t => ({
    earliest: t.string({
      description: 'The earliest place to continue from: the log has everything after it.',
      resolve: ({ begin }, _args, { actor }) => encodeEventCursor(actor.workspace, begin),
    }),
  }),
})
