import { encodeEventCursor } from '../events/cursor.ts'
import type { Outcome } from '../idempotency/run-command.ts'
import type { Scope } from '../shared/actor.ts'
import { builder } from './builder.ts'
import { type Context, renewLoaders } from './context.ts'
import type { LoadableRef } from './node.ts'

/** What a mutation answers: the outcome of its command and the cursor of its place in the log. */
export interface Payload<Result> {
  result: Result
  replayed: boolean
  eventCursor: string
}

/** Runs a command for a mutation; what the payload shows is read afresh. */
export async function answer<Result>(context: Context, outcome: Promise<Outcome<Result>>): Promise<Payload<Result>> {
  try {
    const { result, replayed, eventSequence } = await outcome
    return { result, replayed, eventCursor: encodeEventCursor(context.actor.workspace, eventSequence) }
  } finally {
    renewLoaders(context)
  }
}

/** The fields that every payload has. */
export const PayloadInterface = builder.interfaceRef<Payload<unknown>>('MutationPayload').implement({
  description: 'What every mutation that went through says.',
  fields: t => ({
    replayed: t.exposeBoolean('replayed', {
      description: 'True when an earlier request with the same idempotency key had done it already.',
    }),
    eventCursor: t.exposeString('eventCursor', {
      description: 'A place in the event log: everything this mutation wrote lies at or before it.',
    }),
  }),
})

/** The payload type of a mutation, with the object it wrote as `member`; null there when the key may not read it. */
export function payloadType<Row>(
  name: string,
  description: string,
  { member, type, scope }: { member: string; type: LoadableRef<Row>; scope: Scope },
) {
  return builder.objectRef<Payload<string>>(name).implement({
    description,
    interfaces: [PayloadInterface],
    fields: t => ({
      [member]: t.field({
        type,
        nullable: true,
        scope,
        description: `The ${member} as it is now; null only when the key lacks \`${scope}\`.`,
        resolve: payload => payload.result as never,
      }),
    }),
  })
}

/** The description of every `idempotencyKey` input field. */
export const idempotencyKeyDescription =
  'Makes the request safe to send again: 1 to 255 printable characters, unique in the workspace, kept for 7 days.'
