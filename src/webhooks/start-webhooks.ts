import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Databases } from '../database/connect.ts'
import { type FailureLog, logFailure } from '../database/log-failure.ts'
import { isConnectionLost } from '../database/lost-connection.ts'
import { DatabaseOverloaded } from '../database/shared-connections.ts'
import type { EventFeed } from '../events/event-feed.ts'
import type { JobLog } from '../jobs/schedule.ts'
import { buryForgotten } from './bury-deliveries.ts'
import { dropExpiredDeliveries, makeDeliveryPartitions } from './delivery-partitions.ts'
import { disableBrokenEndpoint } from './disable-broken-endpoint.ts'
import { endpointActor } from './endpoint-actor.ts'
import { type EndpointRow, endpointsOf, followedWorkspaces } from './endpoint-store.ts'
import { LogFollowers } from './log-followers.ts'
import type { Resolve } from './name-lookup.ts'
import type { ReceiverConnections } from './receiver-connections.ts'
import { failingDays } from './retry-schedule.ts'
import { SecretBox } from './secret-box.ts'
import type { ShapeBody } from './send-event.ts'
import { WakeWorker } from './wake-worker.ts'
import { Wakes, workerSchemaOf } from './wakes.ts'
import { WebhookSender } from './webhook-sender.ts'
import { registerWebhooks, type Webhooks } from './webhooks.ts'

const dayMs = 86_400_000
const retryMs = 1_000

interface WebhooksOptions {
  databases: Databases
  feed: EventFeed
  log: JobLog & FailureLog
  /** Empty: nothing is sent, and whatever needs a secret is refused. */
  secretsKeys: readonly Buffer[]
  allowLoopback: boolean
  /** Opens a pool of graphile-worker's own. */
  openPool: () => pg.Pool
  databaseSchema: string
  prepare: boolean
  documentProblem: Webhooks['documentProblem']
  shape: ShapeBody
  /** For an attempt; 15 s unless a test says otherwise. */
  timeoutMs?: number | undefined
  /** How names are looked up; in the DNS unless a test says otherwise. */
  resolve?: Resolve | undefined
}

/** The webhooks of a gateway; disposing of them stops following and sending in order. */
interface StartedWebhooks extends AsyncDisposable {
  /** Begins to follow the logs and to send. Throws what the database refuses. */
  begin(): Promise<void>
}

/** What the commands about webhooks need. The log is not followed before `begin`, which may come when the gateway answers. */
export function startWebhooks(options: WebhooksOptions): StartedWebhooks {
  const { databases, feed, log, allowLoopback, documentProblem, shape } = options
  const { db } = databases
  const [first, ...others] = options.secretsKeys
  if (first === undefined) {
    registerWebhooks(db, { sender: undefined, allowLoopback, documentProblem, changed() {}, due() {} })
    log.info({}, 'webhooks are off: SECRETS_KEY is not set')
    return { async begin() {}, async [Symbol.asyncDispose]() {} }
  }
  // What commands set going is not part of their operations.
  const outside = AsyncLocalStorage.snapshot()
  const onError = (error: unknown) => logFailure(log, 'the webhooks', error)
  const stop = new AbortController()
  const parts = new AsyncDisposableStack()
  let connections: Promise<ReceiverConnections> | undefined
  parts.defer(async () => (await connections)?.[Symbol.asyncDispose]())
  const sending = {
    // Their client takes long to load, and most starts have nothing to send.
    connections() {
      connections ??= import('./receiver-connections.ts').then(
        ({ ReceiverConnections }) => new ReceiverConnections({ allowLoopback, resolve: options.resolve }),
      )
      return connections
    },
    box: new SecretBox([first, ...others]),
    shape,
    allowLoopback,
    timeoutMs: options.timeoutMs ?? 15_000,
  }
  const schema = workerSchemaOf(options.databaseSchema)
  const wakes = new Wakes(schema)
  const disabling = new Map<string, Promise<void>>()

  const changed = async (workspaceId: string, endpointId: string) => {
    const [endpoint] = await endpointsOf(db, [workspaceId], [endpointId])
    await sender.change(workspaceId, endpointId, endpoint)
    await followers.refresh()
  }
  async function disable(endpoint: EndpointRow, reason: 'gone' | 'failing'): Promise<void> {
    const actor = await endpointActor(db, endpoint)
    const context = { db, actor, committed: (workspaceId: string) => feed.wake(workspaceId) }
    if (!(await disableBrokenEndpoint(context, endpoint, reason))) return
    log.info({ endpoint: endpoint.id, reason }, 'a webhook endpoint was disabled')
    await changed(endpoint.workspace_id, endpoint.id)
  }
  // Several attempts may say so at the same time.
  function disableOnce(endpoint: EndpointRow, reason: 'gone' | 'failing'): Promise<void> {
    const key = `${endpoint.id} ${endpoint.url} ${reason}`
    const under = disabling.get(key) ?? disable(endpoint, reason).finally(() => disabling.delete(key))
    disabling.set(key, under)
    return under
  }
  const sender = new WebhookSender({
    db,
    wakes,
    sending,
    onGone: endpoint => disableOnce(endpoint, 'gone'),
    onFailing(endpoint) {
      const failingMs = endpoint.failing_since === null ? 0 : Date.now() - Date.parse(endpoint.failing_since)
      if (failingMs >= failingDays * dayMs) disableOnce(endpoint, 'failing').catch(onError)
    },
    onError,
  })
  const followers = new LogFollowers({
    feed,
    list: () => followedWorkspaces(db),
    step: workspaceId => outside(() => sender.step(workspaceId)),
    onError,
  })
  const upkeep = async () => {
    await makeDeliveryPartitions(db, stop.signal)
    const dropped = await dropExpiredDeliveries(db, stop.signal)
    const buried = await buryForgotten(db, stop.signal)
    if (dropped.length > 0 || buried > 0) log.info({ dropped, buried }, 'old webhook deliveries are gone')
  }
  const worker = new WakeWorker({
    pool: options.openPool(),
    schema,
    prepare: options.prepare,
    due: () => sender.sendDue(),
    upkeep,
    onError,
  })
  parts.use(worker)
  parts.defer(() => sender.stop())
  parts.defer(() => followers.stop())
  let beginning: Promise<void> | undefined
  parts.defer(async () => {
    stop.abort()
    await beginning?.catch(() => {})
  })
  registerWebhooks(db, {
    sender: { sending, wakes },
    allowLoopback,
    documentProblem,
    changed: (workspaceId, endpointId) => void outside(() => changed(workspaceId, endpointId)).catch(onError),
    due: () => void outside(() => sender.sendDue()).catch(onError),
  })
  const begin = async () => {
    await whenItCan(() => worker.start())
    await whenItCan(() => makeDeliveryPartitions(db, stop.signal))
    await followers.refresh()
  }
  // The gateway may have been answering for a while, and its database can go away.
  const whenItCan = async (step: () => Promise<unknown>) => {
    for (;;) {
      try {
        return await step()
      } catch (error) {
        if (stop.signal.aborted || !willPass(error)) throw error
        onError(error)
        await delay(retryMs, undefined, { signal: stop.signal })
      }
    }
  }
  return {
    begin() {
      beginning ??= begin()
      return beginning
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Whether the database may do at another time what it refused. */
function willPass(error: unknown): boolean {
  const isBusy = error instanceof pg.DatabaseError && /^(?:53|55P03)/.test(error.code ?? '')
  return isBusy || error instanceof DatabaseOverloaded || isConnectionLost(error)
}
