import type pg from 'pg'
import { Client } from 'pg'
import { Databases } from '../../src/database/connect.ts'
import { valueParsers } from '../../src/database/value-parsers.ts'
import type { EventType } from '../../src/events/event.ts'
import { EventFeed } from '../../src/events/event-feed.ts'
import type { EventRow } from '../../src/events/event-store.ts'
import { type CommandContext, runCommand } from '../../src/idempotency/run-command.ts'
import { type Actor, scopes } from '../../src/shared/actor.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'

class ListeningDatabases extends Databases {
  readonly #url: string

  constructor(url: string) {
    const sizes = { poolSize: 16, poolQueue: 1_000, sharedConnections: 2, statementTimeoutMs: 10_000 }
    super({ connectionString: url, schema: 'public', ...sizes }, () => {})
    this.#url = url
  }

  override ownConnection(): pg.Client {
    const options = '-c timezone=UTC -c search_path=public'
    return new Client({ connectionString: this.#url, types: valueParsers, application_name: 'feed', options })
  }
}

/** What one gateway process has of the log: its handles on the database and its feed. */
export class Process implements AsyncDisposable {
  readonly databases: Databases
  readonly feed: EventFeed
  /** What the feed complained about. */
  readonly errors: unknown[] = []

  constructor(url: string, { listens = true } = {}) {
    this.databases = new ListeningDatabases(url)
    if (!listens) Object.assign(this.databases, { ownConnection: () => undefined })
    this.feed = new EventFeed(this.databases, error => this.errors.push(error))
  }

  static async start(url: string, options: { listens?: boolean } = {}): Promise<Process> {
    const started = new Process(url, options)
    await started.feed.start()
    return started
  }

  commands(actor: Actor): CommandContext {
    return { db: this.databases.db, actor, committed: workspaceId => this.feed.wake(workspaceId) }
  }

  /** The events of the actor's workspace. */
  follow(actor: Actor, options: FollowOptions = { after: undefined }): AsyncGenerator<EventRow, void, undefined> {
    return followEvents(this.feed, this.databases.reads(actor.workspace.id), options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.feed[Symbol.asyncDispose]()
    await this.databases[Symbol.asyncDispose]()
  }
}

let workspaces = 0

/** Somebody who may do everything in a workspace of their own. */
export async function newActor({ db }: Databases, lacks: readonly string[] = []): Promise<Actor> {
  workspaces += 1
  const made = await createWorkspace(db, {
    subdomain: `log-${process.pid}-${workspaces}`,
    name: 'Log',
    currency: 'USD',
  })
  const { epoch } = await db
    .selectFrom('workspace_counters')
    .select('epoch')
    .where('workspace_id', '=', made.id)
    .executeTakeFirstOrThrow()
  const { id, public_id: publicId, subdomain, name, currency } = made
  const workspace = { id, publicId, subdomain, name, currency, epoch }
  const granted = new Set(scopes.filter(scope => !lacks.includes(scope)))
  return { type: 'Platform::Application', id: '7', name: 'Test key', scopes: granted, workspace }
}

export interface Written {
  type?: EventType
  subjectId?: string
  liveMode?: boolean | null
  data?: object
}

const subjects: Record<string, 'Contact' | 'Order' | 'Orders::Invoice'> = {
  contact: 'Contact',
  order: 'Order',
  'orders/invoice': 'Orders::Invoice',
}

/** Writes events in one transaction, as a command does; returns the sequence of the last one. */
export async function write(context: CommandContext, ...events: Written[]): Promise<number> {
  const { eventSequence } = await runCommand(context, 'write', {}, async (_trx, changes) => {
    for (const { type = 'order.updated', subjectId = '1', liveMode = true, data = {} } of events) {
      const subjectType = subjects[type.split('.')[0] ?? ''] ?? 'Order'
      changes.add(type, { subjectType, subjectId, liveMode, data })
    }
  })
  return Number(eventSequence)
}

/** The next so many events of a stream; it stays open. */
export async function take(stream: AsyncGenerator<EventRow, void, undefined>, count: number): Promise<EventRow[]> {
  const events: EventRow[] = []
  while (events.length < count) {
    const { value, done } = await stream.next()
    if (done) break
    events.push(value)
  }
  return events
}

export function sequences(events: readonly EventRow[]): number[] {
  return events.map(event => Number(event.sequence))
}

/** The whole numbers from one to another, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
