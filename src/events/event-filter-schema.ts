import { idValue } from '../graphql/filter-values.ts'
import { badUserInput } from '../graphql/request-errors.ts'
import { decodeGlobalId } from '../shared/global-id.ts'
import type { EventType } from './event.ts'
import { type EventGroup, typesOfGroup } from './event-groups.ts'
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

type Absent = null | undefined

interface SharedValues {
  types?: readonly EventType[] | Absent
  groups?: readonly EventGroup[] | Absent
  contactId?: string | Absent
  productId?: string | Absent
}

/** The types that are listed or in a listed group; undefined: all. */
function wantedTypes({ types, groups }: Pick<SharedValues, 'types' | 'groups'>): EventType[] | undefined {
  if (types == null && groups == null) return undefined
  return [...new Set([...(types ?? []), ...(groups ?? []).flatMap(typesOfGroup)])]
}

/** What lists and streams of events are narrowed by alike. Throws BAD_USER_INPUT. `at` is the argument, where they stand in one. */
export function sharedFilter({ contactId, productId, ...types }: SharedValues, at?: string) {
  return {
    types: wantedTypes(types),
    contactId: idValue('Contact', contactId, at ?? 'contactId'),
    productId: idValue('Product', productId, at ?? 'productId'),
  }
}

/** What those members are, for an input type and for arguments. */
export const sharedFilterWords = {
  groups: 'Any type of these groups; together with `types` whatever is in either.',
  contactId: 'Only about this contact, or an order or invoice of theirs.',
  productId: 'Only about this product, a variant of it, or an order or invoice that sells it.',
}
