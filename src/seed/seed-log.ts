import type { Snapshot } from '../events/changes.ts'
import { apiVersion, type EventType } from '../events/event.ts'
import type { BulkLoader } from './bulk-loader.ts'
import { seededUuid, type UuidWords } from './random.ts'
import type { SeedWorkspace } from './seed-workspace.ts'

/** The event log of a seeded workspace. Writes must come in the order of time. */
export class SeedLog {
  /** How many events it has: the last one's sequence. */
  length = 0
  readonly #workspace: SeedWorkspace
  readonly #loader: BulkLoader

  constructor(workspace: SeedWorkspace, loader: BulkLoader) {
    this.#workspace = workspace
    this.#loader = loader
  }

  /** Whether a write of that time is still in the log. */
  keeps(at: number): boolean {
    return at >= this.#workspace.logFrom
  }

  /** Appends the events of a write. The first numbers of their ids' key say which write it was. */
  append(at: number, key: readonly number[], events: readonly (readonly [EventType, Snapshot])[]): void {
    const { actor } = this.#workspace
    const created_at = new Date(at).toISOString()
    const written = new Map<Snapshot, string>()
    for (const [index, [type, snapshot]] of events.entries()) {
      const data = written.get(snapshot) ?? JSON.stringify(snapshot.data)
      written.set(snapshot, data)
      this.length += 1
      this.#loader.add('events', {
        workspace_id: actor.workspace.id,
        sequence: String(this.length),
        created_at,
        id: this.eventId(key, index),
        type,
        subject_type: snapshot.subjectType,
        subject_id: snapshot.subjectId,
        live_mode: snapshot.liveMode,
        api_version: apiVersion,
        data,
        actor_type: actor.type,
        actor_id: actor.id,
        actor_name: actor.name,
      })
    }
  }

  /** The id of an event, whether the log keeps it or not. */
  eventId(key: readonly number[], index: number): UuidWords {
    return seededUuid([...this.#workspace.key, ...key, index])
  }
}
