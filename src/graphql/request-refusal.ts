import { GraphQLError, type GraphQLErrorOptions } from 'graphql'

// Messages about input repeat the input; what is said of 50 wrong members of a large one must not be 50 times as large.
const maxMessageLength = 300

/** An error about the request itself, with a code for programs. Names of the schema are not suggested. */
export function requestRefusal(
  code: string,
  message: string,
  options: GraphQLErrorOptions = {},
  extensions: Record<string, unknown> = {},
): GraphQLError {
  const said = message.replace(/ ?Did you mean .*\?$/s, '')
  const short = said.length > maxMessageLength ? `${said.slice(0, maxMessageLength)}…` : said
  return new GraphQLError(short, { ...options, extensions: { code, ...extensions } })
}

/** The same error with another code. */
export function withCode(error: GraphQLError, code: string, extensions: Record<string, unknown> = {}): GraphQLError {
  const { message, nodes, source, positions, path } = error
  return requestRefusal(code, message, { nodes, source, positions, path }, extensions)
}
