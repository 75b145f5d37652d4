import pg from 'pg'
import { Databases } from '../../src/database/connect.ts'
import { valueParsers } from '../../src/database/value-parsers.ts'
import { appendEvents } from '../../src/events/append-event.ts'
import { Changes } from '../../src/events/changes.ts'
import type { EventType } from '../../src/events/event.ts'
import { EventFeed } from '../../src/events/event-feed.ts'
import { type CommandContext, runCommand } from '../../src/idempotency/run-command.ts'
import type { Actor, Scope } from '../../src/shared/actor.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'

const allScopes: Scope[] = ['contacts:read', 'contacts:write', 'catalog:read', 'orders:read', 'events:read']

class ListeningDatabases extends Databases {
  readonly #url: string

  constructor(url: string, sharedConnections: number) {
    const config = { connectionString: url, schema: 'public', poolSize: 20, poolQueue: 1_000, sharedConnections }
    super({ ...config, statementTimeoutMs: 10_000 }, () => {})
    this.#url = url
  }

  ownConnection(): pg.Client {
    return new pg.Client({
      connectionString: this.#url,
      types: valueParsers,
      application_name: 'feed',
      options: '-c timezone=UTC',
    })
  }
}

/** What one gateway process has of the log: its two handles on the database and its feed. */
export class Gateway implements AsyncDisposable {
  readonly databases: Databases
  readonly feed: EventFeed
  readonly errors: unknown[] = []

  constructor(url: string, options: { listens?: boolean } = {}) {
    this.databases = new ListeningDatabases(url, 2)
    if (options.listens === false) Object.assign(this.databases, { ownConnection: () => undefined })
    this.feed = new EventFeed(this.databases, error => this.errors.push(error))
  }

  static async start(url: string, options: { listens?: boolean } = {}): Promise<Gateway> {
    const gateway = new Gateway(url, options)
    await gateway.feed.start()
    return gateway
  }

  commands(actor: Actor): CommandContext {
    return { db: this.databases.db, actor, committed: workspaceId => this.feed.wake(workspaceId) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.feed[Symbol.asyncDispose]()
    await this.databases[Symbol.asyncDispose]()
  }
}

let workspaces = 0

/** An actor in a new workspace. */
export async function newActor({ db }: Databases, scopes = allScopes): Promise<Actor> {
  workspaces += 1
  const created = await createWorkspace(db, {
    subdomain: `w${process.pid}-${workspaces}`,
    name: 'Test',
    currency: 'USD',
  })
  const counter = await db
    .selectFrom('workspace_counters')
    .select('epoch')
    .where('workspace_id', '=', created.id)
    .executeTakeFirstOrThrow()
  const { id, subdomain, name, currency } = created
  const workspace = { id, publicId: created.public_id, subdomain, name, currency, epoch: counter.epoch }
  return { type: 'Platform::Application', id: '7', name: 'Test key', scopes: new Set(scopes), workspace }
}

/** Writes some events in one transaction, as a command does; returns the sequence of the last one. */
export async function write(
  context: CommandContext,
  count = 1,
  { type = 'order.updated' as EventType, subjectId = '1', liveMode = true as boolean | null, data = {} as object } = {},
): Promise<string> {
  const subjectType = type.startsWith('orders/invoice.')
    ? 'Orders::Invoice'
    : type.startsWith('contact.')
      ? 'Contact'
      : 'Order'
  const { eventSequence } = await runCommand(context, 'write', {}, async (_trx, changes) => {
    for (let index = 0; index < count; index += 1) changes.add(type, { subjectType, subjectId, liveMode, data })
  })
  return eventSequence
}

/** Appends events in a transaction that stays open under the counter lock, then commits or rolls back. */
export async function writeSlowly(context: CommandContext, milliseconds: number, commits: boolean): Promise<void> {
  const { db, actor } = context
  const undone = new Error('rolled back')
  try {
    await db.transaction().execute(async trx => {
      const changes = new Changes()
      changes.add('order.updated', { subjectType: 'Order', subjectId: '1', liveMode: true, data: {} })
      await appendEvents(trx, actor, changes)
      await new Promise(resolve => setTimeout(resolve, milliseconds))
      if (!commits) throw undone
    })
    context.committed(actor.workspace.id)
  } catch (error) {
    if (error !== undone) throw error
  }
}
