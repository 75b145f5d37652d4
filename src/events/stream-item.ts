import type { EventRow } from './event-store.ts'

/** What a stream says beside events. `sequence`: everything up to there was delivered, or passed over by the filter. */
export type ControlItem =
  | { kind: 'CaughtUp'; sequence: string }
  | { kind: 'Heartbeat'; sequence: string; lagMs: number }
  | { kind: 'CursorExpired'; sequence: string; begin: string }
  /** The state of an object, not caused by an event. */
  | { kind: 'State'; sequence: string }

/** Whatever a stream of the log can bring. */
export type StreamItem = EventRow | ControlItem
