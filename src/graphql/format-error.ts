import { inspect } from 'node:util'
import { GraphQLError, Source, type SourceLocation } from 'graphql'
import { isConnectionLost } from '../database/lost-connection.ts'
import { DatabaseOverloaded } from '../database/shared-connections.ts'
import { overloadedMessage } from './request-errors.ts'
import { requestRefusal } from './request-refusal.ts'

/** What the formatting of errors needs of the request they happened in. */
export interface ErrorContext {
  requestId: string
  /** The text of the document; undefined when there is none. */
  text?: string | undefined
  /** Told every error that is masked, in full. */
  report: (error: unknown) => void
}

// It may have gone between a commit and its answer.
const databaseAway =
  'The database is away. Try again soon; a mutation may have been done, so with the same idempotencyKey.'

/**
 * An error as clients may see it: those that were thrown for them (a GraphQLError with a code) as they are, overload, a
 * database that is away and statement timeouts with a code, arguments that do not fit at run time as BAD_USER_INPUT, everything else masked.
 */
export function formatError(error: unknown, context: ErrorContext): GraphQLError {
  const located = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: asError(error) })
  const cause = causeOf(located)
  if (cause instanceof GraphQLError && typeof cause.extensions?.code === 'string') {
    return rebuilt(located, cause.message, cause.extensions, context)
  }
  if (cause instanceof DatabaseOverloaded) {
    return rebuilt(located, overloadedMessage, { code: 'OVERLOADED' }, context)
  }
  if (isConnectionLost(cause)) {
    context.report(cause)
    return rebuilt(located, databaseAway, { code: 'SERVICE_UNAVAILABLE', requestId: context.requestId }, context)
  }
  if (isStatementTimeout(cause)) {
    context.report(cause)
    return rebuilt(located, 'The request took too long.', { code: 'TIMEOUT', requestId: context.requestId }, context)
  }
  const argument = cause instanceof GraphQLError ? /^Argument "(\w+)"/.exec(cause.message)?.[1] : undefined
  if (argument !== undefined) {
    const { message } = requestRefusal('BAD_USER_INPUT', located.message)
    return rebuilt(located, message, { code: 'BAD_USER_INPUT', path: [argument], argument }, context)
  }
  context.report(cause)
  const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId: context.requestId }
  return rebuilt(located, 'Internal server error', extensions, context)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(`Thrown: ${inspect(error)}`)
}

// What the engines wrapped. Compiled execution can wrap what is no error at all.
function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError
  return cause
}

function isStatementTimeout(error: unknown): boolean {
  // 57014: query_canceled, which is how PostgreSQL names its statement timeout.
  return error instanceof Error && 'code' in error && error.code === '57014'
}

function rebuilt(
  error: GraphQLError,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
  { text }: ErrorContext,
): GraphQLError {
  const { nodes, path, locations } = error
  if (nodes !== undefined || locations === undefined || text === undefined) {
    const { source, positions } = error
    return new GraphQLError(message, { nodes, source, positions, path, extensions })
  }
  // Compiled execution knows lines and columns only.
  const positions = locations.map(location => offsetOf(text, location))
  return new GraphQLError(message, { source: new Source(text), positions, path, extensions })
}

function offsetOf(text: string, { line, column }: SourceLocation): number {
  const ends = /\r\n|[\n\r]/g
  for (let passed = 1; passed < line; passed += 1) ends.exec(text)
  return ends.lastIndex + column - 1
}
