import { GraphQLError } from 'graphql'
import * as v from 'valibot'
import type { Range } from '../database/conditions.ts'
import { decodeGlobalId } from '../shared/global-id.ts'
import { dateTime } from '../shared/input.ts'

// What clients put into the arguments of queries. `at` is where it stands, from the argument down: `filter.createdAt`.

type Absent = null | undefined
type Bounds = { from?: string | Absent; to?: string | Absent } | Absent

/** No list in a filter is longer. */
const maxValues = 100

/** A bad value in an argument of a query: BAD_USER_INPUT with the argument's name and the path to the value. */
export function badValue(message: string, at: string): GraphQLError {
  const path = at.split('.')
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argument: path[0], path } })
}

/** A list in a filter: ids, texts, enum values or numbers. Throws BAD_USER_INPUT when it has more than 100 values. */
export function boundedList<Value>(values: readonly Value[] | Absent, at: string): readonly Value[] | undefined {
  if (values == null) return undefined
  if (values.length > maxValues) throw badValue(`Has more than ${maxValues} values.`, at)
  return values
}

/** The bounds of a stretch of time. Throws BAD_USER_INPUT when one is no date and time from 1970 to 2199. */
export function timeRange(bounds: Bounds, at: string): Range {
  return checked(bounds, at, (value, where) => {
    const parsed = v.safeParse(dateTime, value)
    if (!parsed.success) throw badValue('Is not an RFC 3339 date and time from 1970 to 2199.', where)
    return parsed.output
  })
}

/** The bounds of a stretch of amounts. Throws BAD_USER_INPUT when one is no amount. */
export function amountRange(bounds: Bounds, at: string): Range {
  return checked(bounds, at, (value, where) => {
    // A total can have 18 digits: 100 lines of 10,000 at 12 digits each.
    if (!/^\d{1,20}(\.\d{1,4})?$/.test(value)) throw badValue('Is not an amount such as 198.00.', where)
    return value
  })
}

function checked(bounds: Bounds, at: string, check: (value: string, at: string) => string): Range {
  const { from = null, to = null } = bounds ?? {}
  return {
    from: from === null ? null : check(from, `${at}.from`),
    to: to === null ? null : check(to, `${at}.to`),
  }
}

/** The database ids of global ids in a filter. Throws BAD_USER_INPUT when one is of another type, or they are too many. */
export function idList(typename: string, globalIds: readonly string[] | Absent, at: string): string[] | undefined {
  return boundedList(globalIds, at)?.map((globalId, index) => databaseId(typename, globalId, `${at}.${index}`))
}

/** The database id of a global id in a filter. Throws BAD_USER_INPUT when it is of another type. */
export function idValue(typename: string, globalId: string | Absent, at: string): string | undefined {
  return globalId == null ? undefined : databaseId(typename, globalId, at)
}

function databaseId(typename: string, globalId: string, at: string): string {
  const decoded = decodeGlobalId(globalId)
  if (decoded?.typename !== typename) throw badValue(`Is not an id of the type ${typename}.`, at)
  return decoded.id
}

/** Text in a filter or argument. Throws BAD_USER_INPUT for what Postgres cannot hold. */
export function textValue(value: string | Absent, at: string): string | undefined {
  return value == null ? undefined : storableText(value, at)
}

/** A list of texts in a filter, at most 100. Throws BAD_USER_INPUT for what Postgres cannot hold. */
export function textList(values: readonly string[] | Absent, at: string): string[] | undefined {
  return boundedList(values, at)?.map((value, index) => storableText(value, `${at}.${index}`))
}

function storableText(value: string, at: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw badValue('Contains NUL or a lone surrogate.', at)
  return value
}
