import { type ExecutionResult, GraphQLError } from 'graphql'

interface HttpExtension {
  status: number
  /** True: with `application/json` the status is 200 all the same, as GraphQL over HTTP has it. */
  spec?: boolean
  headers?: Record<string, string>
}

// Sent again a little later, the same request will do.
const passing = new Set(['OVERLOADED', 'SERVICE_UNAVAILABLE'])

/** A result with the HTTP status that its errors stand for, where Yoga looks for it. Clients do not see it. */
export function withStatus(result: ExecutionResult): ExecutionResult {
  const { errors } = result
  const [first, ...others] = errors ?? []
  if (first === undefined || first.extensions.http !== undefined) return result
  const http = statusOf(result)
  return http === undefined ? result : { ...result, errors: [withHttp(first, http), ...others] }
}

/** An error with an HTTP status. */
export function withHttp(error: GraphQLError, http: HttpExtension): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, http } })
}

function statusOf({ data, errors = [] }: ExecutionResult): HttpExtension | undefined {
  if (errors.some(({ extensions }) => passing.has(String(extensions.code))))
    return { status: 503, headers: { 'retry-after': '1' } }
  // Something was executed: partial answers are answers.
  if (data !== undefined) return undefined
  const code = String(errors[0]?.extensions.code)
  if (code === 'INTERNAL_SERVER_ERROR') return { status: 500 }
  if (code === 'TIMEOUT') return { status: 503 }
  return code.endsWith('_LIMIT') ? { status: 400 } : { status: 400, spec: true }
}
