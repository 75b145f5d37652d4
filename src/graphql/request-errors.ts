import { GraphQLError } from 'graphql'

/** A bad argument of a query or subscription. `argument` is its name. */
export function badUserInput(message: string, argument: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argument } })
}

/** What clients are told with the code OVERLOADED, whatever there is too little of. */
export const overloadedMessage = 'The gateway is overloaded. Try again soon.'

/** A cursor that is unreadable, of another workspace or list, or of the future. */
export function badCursor(argument: string): GraphQLError {
  return new GraphQLError('This cursor does not belong here.', { extensions: { code: 'BAD_CURSOR', argument } })
}

/** The key lacks a scope; shows at the field's path, the rest of the answer stands. */
export function forbidden(scope: string): GraphQLError {
  return new GraphQLError(`The key lacks the scope ${scope}.`, { extensions: { code: 'FORBIDDEN', scope } })
}
