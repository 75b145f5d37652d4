import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, OperationTypeNode } from 'graphql'
import { createContext } from '../graphql/context.ts'
import type { ErrorContext } from '../graphql/format-error.ts'
import type { AdmittedOperation, OperationRequest } from '../graphql/operations.ts'
import { requestRefusal } from '../graphql/request-refusal.ts'
import type { ResultStream } from '../graphql/result-stream.ts'
import { endingWithErrors } from './ending-with-errors.ts'
import type { Gateway } from './gateway.ts'
import type { LiveSession } from './live-sessions.ts'
import { observedStream } from './observed-stream.ts'
import { type LoggedOperation, noteResult } from './operation-log.ts'
import { withHttp, withStatus } from './result-status.ts'

/** One operation that came over HTTP. */
export class HttpOperation {
  readonly #gateway: Gateway
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #secret: string
  readonly #logged: LoggedOperation

  constructor(
    gateway: Gateway,
    request: IncomingMessage,
    response: ServerResponse,
    secret: string,
    logged: LoggedOperation,
  ) {
    this.#gateway = gateway
    this.#request = request
    this.#response = response
    this.#secret = secret
    this.#logged = logged
  }

  /** Runs it. Yoga has checked the types of all parameters but the name. Never throws. */
  async run(params: unknown): Promise<ExecutionResult | ResultStream> {
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
    const context = createContext(this.#logged.actor, databases, feed, requestId)
    if (admitted.kind === OperationTypeNode.SUBSCRIPTION) return this.#subscribe(admitted, context, errors)
    return this.#answer(await operations.execute(admitted, context, errors))
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
    context: unknown,
    errors: ErrorContext,
  ): Promise<ExecutionResult | ResultStream> {
    const { operations, sessions, operationLog: log } = this.#gateway
    const end = () => void this.#response.end()
    const session: LiveSession = { secret: this.#secret, actor: this.#logged.actor, end, stop: end }
    if (!sessions.add(session)) {
      const error = requestRefusal('TOO_MANY_STREAMS', 'The key has too many streams and sockets open.')
      return this.#answer({ errors: [withHttp(error, { status: 429 })] })
    }
    const result = await operations.subscribe(admitted, context, errors)
    if (!(Symbol.asyncIterator in result)) {
      sessions.remove(session)
      return this.#answer(result)
    }
    const logged: LoggedOperation = { ...this.#logged, transport: 'sse' }
    this.#logged.results = 0
    log.started(logged)
    return endingWithErrors(
      observedStream(result, logged, () => {
        sessions.remove(session)
        log.finished(logged)
      }),
    )
  }
}
