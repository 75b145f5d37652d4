import { setTimeout as delay } from 'node:timers/promises'
import { type EventType, eventTypes } from '../../events/event.ts'
import { enumName } from '../../graphql/enum.ts'
import { UsageError } from '../arguments.ts'
import { GatewayError, type RemoteGateway } from '../remote-gateway.ts'
import { flows, type Step } from './flows.ts'
import { Stage, type StageObject } from './stage.ts'

const patienceMs = 10_000
const lookEveryMs = 100

/** The event that a flow caused, as the log has it, and the objects of the flow. */
export interface Triggered {
  eventId: string
  sequence: string
  eventType: string
  createdAt: string
  liveMode: boolean | null
  /** The place right after the event. */
  cursor: string
  objects: (StageObject & { kind: string })[]
}

/** An event type and what causes it. */
interface Flow {
  type: EventType
  steps: readonly Step[]
}

/** The flow of the event type of that name. Throws UsageError when there is none or the API cannot cause it. */
export function readFlow(name: string): Flow {
  const see = 'see npm run trigger -- --list'
  if (!Object.hasOwn(eventTypes, name)) throw new UsageError(`There is no event type ${JSON.stringify(name)}; ${see}`)
  const type = name as EventType
  const steps = flows[type]
  if (typeof steps === 'string') throw new UsageError(`${type} cannot be triggered: ${steps}; ${see}`)
  return { type, steps }
}

/** Plays a flow and waits until the log has its event. Throws GatewayError. */
export async function playFlow(gateway: RemoteGateway, { type, steps }: Flow, isLive: boolean): Promise<Triggered> {
  const stage = new Stage(gateway, isLive)
  const { eventLog } = await gateway.ask<{ eventLog: { lastCursor: string } }>('{ eventLog { lastCursor } }')
  for (const step of steps) await step(stage)
  const event = await findEvent(stage, type, eventLog.lastCursor)
  const objects = [...stage.objects].map(([kind, object]) => ({ kind, ...object }))
  return { ...event, objects }
}

const lookUp = `query ($after: String!, $types: [EventType!], $subjectId: ID!) {
  events(first: 1, after: $after, filter: { types: $types, subjectId: $subjectId }) {
    edges { cursor node { eventId sequence eventType createdAt liveMode } }
  }
}`

async function findEvent(stage: Stage, type: EventType, after: string): Promise<Omit<Triggered, 'objects'>> {
  const variables = { after, types: [enumName(type)], subjectId: stage.idOf(eventTypes[type].subject) }
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const { events } = await stage.gateway.ask<{
      events: { edges: { cursor: string; node: Omit<Triggered, 'cursor' | 'objects'> }[] }
    }>(lookUp, variables)
    const [found] = events.edges
    if (found !== undefined) return { ...found.node, cursor: found.cursor }
    await delay(lookEveryMs)
  }
  throw new GatewayError(`${stage.run} is done, but its ${type} did not come within ${patienceMs / 1_000} s`)
}
