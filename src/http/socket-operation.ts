import type { ExecutionResult, GraphQLError } from 'graphql'
import { OperationTypeNode } from 'graphql'
import { DatabaseOverloaded } from '../database/shared-connections.ts'
import { statementCount } from '../database/statement-count.ts'
import { type Context, createContext } from '../graphql/context.ts'
import { type ErrorContext, formatError } from '../graphql/format-error.ts'
import type { AdmittedOperation, OperationRequest } from '../graphql/operations.ts'
import { requestRefusal } from '../graphql/request-refusal.ts'
import type { Gateway } from './gateway.ts'
import type { LiveSession } from './live-sessions.ts'
import { type LoggedOperation, noteResult } from './operation-log.ts'
import type { SocketSession } from './socket-session.ts'
import { delivery } from './streams/delivery.ts'
import { SocketSink } from './streams/socket-sink.ts'
import { subscriberOf } from './streams/subscriber.ts'

const maxSubscriptions = 50
const maxRunning = 50

/** One operation that came over a WebSocket. */
export class SocketOperation {
  readonly #gateway: Gateway
  readonly #session: SocketSession
  readonly #logged: LoggedOperation
  readonly #errors: ErrorContext

  constructor(gateway: Gateway, session: SocketSession, live: LiveSession) {
    const requestId = session.nextRequestId()
    this.#gateway = gateway
    this.#session = session
    this.#logged = {
      requestId,
      transport: 'websocket',
      actor: live.actor,
      client: session.client,
      startedAt: performance.now(),
      counter: { statements: 0 },
    }
    this.#errors = { requestId, report: error => gateway.operationLog.unexpected(requestId, error) }
  }

  /** Checks it as far as it can be checked without running it. */
  admit(request: OperationRequest): AdmittedOperation | readonly GraphQLError[] {
    const admitted = this.#refusal() ?? this.#gateway.operations.admit(request, this.#errors)
    if ('errors' in admitted) return this.#finish(admitted).errors
    this.#logged.name = admitted.name
    this.#logged.kind = admitted.kind
    const limit = this.#refusalOfNumber(admitted.kind)
    return limit === undefined ? admitted : this.#finish(limit).errors
  }

  #refusal(): { errors: GraphQLError[] } | undefined {
    if (this.#gateway.isStopping()) return { errors: [requestRefusal('GOING_AWAY', 'The gateway is stopping.')] }
    try {
      this.#gateway.databases.assertRoom()
      return undefined
    } catch (error) {
      if (!(error instanceof DatabaseOverloaded)) throw error
      return { errors: [formatError(error, this.#errors)] }
    }
  }

  #refusalOfNumber(kind: OperationTypeNode): { errors: GraphQLError[] } | undefined {
    const { subscriptions, running } = this.#session
    if (kind === OperationTypeNode.SUBSCRIPTION && subscriptions >= maxSubscriptions) {
      const message = `A socket has at most ${maxSubscriptions} subscriptions.`
      return { errors: [requestRefusal('SUBSCRIPTION_LIMIT', message)] }
    }
    if (kind !== OperationTypeNode.SUBSCRIPTION && running.size >= maxRunning) {
      const message = `A socket has at most ${maxRunning} operations under way.`
      return { errors: [requestRefusal('OPERATION_LIMIT', message)] }
    }
    return undefined
  }

  #finish<Result extends ExecutionResult | { errors: readonly GraphQLError[] }>(result: Result): Result {
    noteResult(this.#logged, result)
    this.#gateway.operationLog.finished(this.#logged)
    return result
  }

  readonly #newContext = (): Context => {
    const { databases, feed } = this.#gateway
    return createContext(this.#logged.actor, databases, feed, this.#logged.requestId)
  }

  /** Runs a query or mutation. Never throws. */
  async execute(admitted: AdmittedOperation): Promise<ExecutionResult> {
    const { operations } = this.#gateway
    const { running } = this.#session
    const run = () => operations.execute(admitted, this.#newContext(), this.#errors)
    const result = statementCount.run(this.#logged.counter, run)
    running.add(result)
    try {
      return this.#finish(await result)
    } finally {
      running.delete(result)
    }
  }

  /** Starts a subscription. Never throws. Its results are not what it returns: they are written to the socket. */
  async subscribe(admitted: AdmittedOperation, id: string): Promise<ExecutionResult | AsyncGenerator<never, void>> {
    const { operations, operationLog, streamGroups } = this.#gateway
    const session = this.#session
    session.subscriptions += 1
    const run = () => operations.subscribe(admitted, this.#newContext, this.#errors)
    const started = await statementCount.run(this.#logged.counter, run)
    if (!('newRun' in started)) {
      session.subscriptions -= 1
      return this.#finish(started)
    }
    operationLog.started(this.#logged)
    this.#logged.results = 0
    const key = operations.groupKey(admitted, this.#logged.actor)
    const subscriber = subscriberOf(streamGroups, key, started, new SocketSink(session, id, this.#logged))
    session.subscribers.add(subscriber)
    return delivery(subscriber, started, this.#logged.counter, () => {
      session.subscriptions -= 1
      session.subscribers.delete(subscriber)
      operationLog.finished(this.#logged)
    })
  }
}
