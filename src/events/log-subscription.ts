import type { Actor } from '../shared/actor.ts'
import { encodeEventCursor } from './cursor.ts'
import type { EventFeed } from './event-feed.ts'
import type { EventRow } from './event-store.ts'
import { EventsExpired, followLog, type LogStep } from './follow-log.ts'
import { Halt } from './halt.ts'
import { haltable } from './haltable.ts'
import type { ControlItem, StreamItem } from './stream-item.ts'

interface LogSubscriptionParts {
  feed: EventFeed
  reads: Parameters<typeof followLog>[0]['reads']
  workspace: Actor['workspace']
  matches: (event: EventRow) => boolean
  /** The sequence after which events come. */
  after: number
  /** What comes before them. */
  opening?: ControlItem | undefined
  /** Whether it says where it stands: CaughtUp, Heartbeat, CursorExpired. Otherwise a lost place gives a `State`. */
  saysWhere: boolean
}

/** A step of a subscription. */
interface SubscriptionStep {
  items: readonly StreamItem[]
  /** Everything up to this sequence was given or passed over. */
  position: number
  isCaughtUp: boolean
  /** Nothing follows any more. */
  isOver: boolean
}

/**
 * What a subscription to the log asks for. Whoever delivers it takes it step by step, from any place on, so that many
 * subscribers can share the live part; iterating over it gives item by item.
 */
export class LogSubscription implements AsyncIterable<StreamItem> {
  readonly #parts: LogSubscriptionParts

  constructor(parts: LogSubscriptionParts) {
    this.#parts = parts
  }

  /** The sequence it begins after. */
  get start(): number {
    return this.#parts.after
  }

  /** Whether it says where it stands. */
  get saysWhere(): boolean {
    return this.#parts.saysWhere
  }

  cursorAt(sequence: number): string {
    return encodeEventCursor(this.#parts.workspace, String(sequence))
  }

  caughtUp(position: number): ControlItem {
    return { kind: 'CaughtUp', sequence: String(position) }
  }

  heartbeat(position: number): ControlItem {
    return { kind: 'Heartbeat', sequence: String(position), lagMs: Math.round(this.#parts.feed.lagMs()) }
  }

  /** The opening: what comes before all steps. */
  opening(): SubscriptionStep {
    const { opening, after } = this.#parts
    const items = opening === undefined ? [] : [opening]
    return { items, position: after, isCaughtUp: false, isOver: opening?.kind === 'CursorExpired' }
  }

  /** The steps from a place on; see {@link followLog}. A place whose events are no longer kept gives a last step. */
  async *steps(after: number, halt: Halt): AsyncGenerator<SubscriptionStep, void, undefined> {
    let position = after
    for (;;) {
      try {
        for await (const step of followLog({ ...this.#parts, after: position }, halt)) {
          position = step.position
          yield toStep(step)
        }
        return
      } catch (error) {
        if (!(error instanceof EventsExpired)) throw error
        const { begin } = error
        if (this.saysWhere) {
          const items: StreamItem[] = [{ kind: 'CursorExpired', sequence: String(position), begin }]
          yield { items, position, isCaughtUp: false, isOver: true }
          return
        }
        position = Number(begin)
        yield { items: [{ kind: 'State', sequence: begin }], position, isCaughtUp: false, isOver: false }
      }
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<StreamItem, void, undefined> {
    const halt = new Halt(undefined)
    return haltable(this.#items(halt), halt)
  }

  async *#items(halt: Halt): AsyncGenerator<StreamItem, void, undefined> {
    const opening = this.opening()
    yield* opening.items
    if (opening.isOver) return
    let hasSaid = !this.saysWhere
    for await (const { items, position, isCaughtUp } of this.steps(this.start, halt)) {
      yield* items
      if (!isCaughtUp || hasSaid) continue
      hasSaid = true
      yield this.caughtUp(position)
    }
  }
}

function toStep({ rows, position, isCaughtUp }: LogStep): SubscriptionStep {
  return { items: rows, position, isCaughtUp, isOver: false }
}
