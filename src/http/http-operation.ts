import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, OperationTypeNode } from 'graphql'
import { statementCount } from '../database/statement-count.ts'
import { type Context, createContext } from '../graphql/context.ts'
import type { ErrorContext } from '../graphql/format-error.ts'
import type { AdmittedOperation, OperationRequest } from '../graphql/operations.ts'
import { requestRefusal } from '../graphql/request-refusal.ts'
import type { Asker } from './authenticate.ts'
import type { Gateway } from './gateway.ts'
import type { LiveSession } from './live-sessions.ts'
import { type LoggedOperation, noteResult } from './operation-log.ts'
import { withHttp, withStatus } from './result-status.ts'
import { EventStream } from './streams/event-stream.ts'
import { EventStreamSink } from './streams/event-stream-sink.ts'
import { subscriberOf } from './streams/subscriber.ts'

/** One operation that came over HTTP. */
export class HttpOperation {
  readonly #gateway: Gateway
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #asker: Asker
  readonly #logged: LoggedOperation

  constructor(
    gateway: Gateway,
    request: IncomingMessage,
    response: ServerResponse,
    asker: Asker,
    logged: LoggedOperation,
  ) {
    this.#gateway = gateway
    this.#request = request
    this.#response = response
    this.#asker = asker
    this.#logged = logged
  }

  /** Whether the response has become an event stream, which is written elsewhere. */
  get isStreaming(): boolean {
    return this.#logged.results !== undefined
  }

  /** Runs it. Yoga has checked the types of all parameters but the name. Never throws. */
  async run(params: unknown): Promise<ExecutionResult> {
    const request = params as OperationRequest
    if (typeof (request.operationName ?? '') !== 'string') {
      const error = requestRefusal('BAD_REQUEST', 'operationName must be a string.')
      return this.#answer({ errors: [withHttp(error, { status: 400 })] })
    }
    const { operations, operationLog: log } = this.#gateway
    const { requestId } = this.#logged
    const errors: ErrorContext = { requestId, report: error => log.unexpected(requestId, error) }
    const admitted = operations.admit(request, errors)
    if ('errors' in admitted) return this.#answer(admitted)
    this.#logged.name = admitted.name
    this.#logged.kind = admitted.kind
    const refusal = this.#refusalOfTransport(admitted.kind)
    if (refusal !== undefined) return this.#answer(refusal)
    const { databases, feed } = this.#gateway
    const newContext = (): Context => ({
      ...createContext(this.#logged.actor, databases, feed, requestId),
      resumeAfter: this.#asker.resumeAfter,
    })
    if (admitted.kind === OperationTypeNode.SUBSCRIPTION) return this.#subscribe(admitted, newContext, errors)
    return this.#answer(await operations.execute(admitted, newContext(), errors))
  }

  #answer(result: ExecutionResult): ExecutionResult {
    noteResult(this.#logged, result)
    return withStatus(result)
  }

  #refusalOfTransport(kind: OperationTypeNode): ExecutionResult | undefined {
    if (kind === OperationTypeNode.MUTATION && this.#request.method === 'GET') {
      const error = requestRefusal('METHOD_NOT_ALLOWED', 'A mutation needs a POST request.')
      return { errors: [withHttp(error, { status: 405, headers: { allow: 'POST' } })] }
    }
    if (kind === OperationTypeNode.SUBSCRIPTION && !this.#request.headers.accept?.includes('text/event-stream')) {
      const error = requestRefusal('NOT_ACCEPTABLE', 'A subscription needs Accept: text/event-stream, or a WebSocket.')
      return { errors: [withHttp(error, { status: 406 })] }
    }
    return undefined
  }

  async #subscribe(
    admitted: AdmittedOperation,
    newContext: () => Context,
    errors: ErrorContext,
  ): Promise<ExecutionResult> {
    const { operations, sessions, streamGroups, timings, operationLog: log } = this.#gateway
    let stream: EventStream | undefined
    const session: LiveSession = {
      actor: this.#logged.actor,
      authenticate: this.#asker.authenticate,
      end: () => stream?.end(),
      stop: () => stream?.end(),
    }
    if (!sessions.add(session)) {
      const error = requestRefusal('TOO_MANY_STREAMS', 'The key has too many streams and sockets open.')
      return this.#answer({ errors: [withHttp(error, { status: 429 })] })
    }
    const started = await operations.subscribe(admitted, newContext, errors)
    if (!('newRun' in started)) {
      sessions.remove(session)
      return this.#answer(started)
    }
    const logged: LoggedOperation = { ...this.#logged, transport: 'sse', results: 0 }
    this.#logged.results = 0
    log.started(logged)
    const key = operations.groupKey(admitted, logged.actor)
    const sink = new EventStreamSink(this.#response, logged)
    stream = new EventStream(this.#response, sink, subscriberOf(streamGroups, key, started, sink), timings)
    void statementCount
      .run(logged.counter, () => stream?.deliver(started))
      ?.finally(() => {
        sessions.remove(session)
        log.finished(logged)
      })
    // Nobody sees it: the response is the stream's.
    return {}
  }
}
