import type { ExecutionResult, GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import type { Actor } from '../shared/actor.ts'

/** One operation as the access log has it. */
export interface LoggedOperation {
  readonly requestId: string
  readonly transport: 'http' | 'sse' | 'websocket'
  readonly actor: Actor
  /** The address of the client. */
  readonly client: string | undefined
  /** Of `performance.now()`. */
  readonly startedAt: number
  readonly counter: { statements: number }
  /** Undefined until the document is known to hold such an operation. */
  name?: string | undefined
  kind?: string | undefined
  errorCodes?: string[] | undefined
  /** Results sent, of a subscription. */
  results?: number
}

/** Writes the access log: one line for each operation, for a subscription one at its start and one at its end. */
export class OperationLog {
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log.child({ component: 'http' })
  }

  started(operation: LoggedOperation): void {
    this.#log.info(line(operation, undefined), 'subscription started')
  }

  /** `status` is the HTTP status; undefined over WebSocket. */
  finished(operation: LoggedOperation, status?: number): void {
    this.#log.info(
      line(operation, status),
      operation.kind === 'subscription' && operation.results !== undefined ? 'subscription ended' : 'operation',
    )
  }

  /** A request that never became an operation. */
  refused(requestId: string, status: number, code: string): void {
    this.#log.debug({ requestId, status, errorCodes: [code] }, 'request refused')
  }

  /** An error that clients must not see. */
  unexpected(requestId: string, error: unknown): void {
    this.#log.error({ requestId, err: error }, 'unexpected error')
  }
}

function line(operation: LoggedOperation, status: number | undefined) {
  const { actor, counter, startedAt } = operation
  return {
    requestId: operation.requestId,
    transport: operation.transport,
    client: operation.client,
    workspace: actor.workspace.subdomain,
    keyId: actor.id,
    keyName: actor.name,
    operation: operation.name,
    type: operation.kind,
    durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
    statements: counter.statements,
    results: operation.results,
    status,
    errorCodes: operation.errorCodes,
  }
}

/** The codes of errors, each once. */
function codesOf(errors: readonly GraphQLError[] | undefined): string[] | undefined {
  return errors && [...new Set(errors.map(error => String(error.extensions.code)))]
}

/** Notes the error codes of a result. */
export function noteResult(operation: LoggedOperation, result: ExecutionResult): void {
  if (result.errors !== undefined) operation.errorCodes = codesOf(result.errors)
}
