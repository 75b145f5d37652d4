import { badUserInput } from '../graphql/request-errors.ts'
import { decodeGlobalId } from '../shared/global-id.ts'
import { subjectTypeOf } from './event-subject.ts'

/** The subject in a global id argument. Throws BAD_USER_INPUT when it is no id of something that events are about. */
export function subjectArgument(
  globalId: string | null | undefined,
  argument: string,
): { type: string; id: string } | undefined {
  if (globalId == null) return undefined
  const decoded = decodeGlobalId(globalId)
  const type = decoded && subjectTypeOf(decoded.typename)
  if (decoded === undefined || type === undefined) {
    throw badUserInput('Not the id of a contact, order, invoice, product or variant.', argument)
  }
  return { type, id: decoded.id }
}
