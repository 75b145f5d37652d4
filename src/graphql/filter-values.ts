import type { Range } from '../database/conditions.ts'
import { dateTime } from '../shared/input.ts'
import { idArgument } from './node.ts'
import { badUserInput } from './request-errors.ts'

type Absent = null | undefined
type Bounds = { from?: string | Absent; to?: string | Absent } | Absent

/** The bounds of a stretch of time. Throws BAD_USER_INPUT when one is no date and time from 1970 to 2199. */
export function timeRange(bounds: Bounds): Range {
  return checked(bounds, value => {
    const parsed = dateTime.safeParse(value)
    if (!parsed.success) throw badUserInput('A bound is not an RFC 3339 date and time from 1970 to 2199.', 'filter')
    return parsed.data
  })
}

/** The bounds of a stretch of amounts. Throws BAD_USER_INPUT when one is no amount. */
export function amountRange(bounds: Bounds): Range {
  return checked(bounds, value => {
    if (!/^\d{1,12}(\.\d{1,4})?$/.test(value)) throw badUserInput('A bound is not an amount such as 198.00.', 'filter')
    return value
  })
}

function checked(bounds: Bounds, check: (value: string) => string): Range {
  const { from = null, to = null } = bounds ?? {}
  return { from: from === null ? null : check(from), to: to === null ? null : check(to) }
}

/** The database ids of global ids in a filter. Throws BAD_USER_INPUT when one is of another type, or they are too many. */
export function idList(typename: string, globalIds: readonly string[] | Absent): string[] | undefined {
  if (globalIds == null) return undefined
  if (globalIds.length > 100) throw badUserInput('More than 100 ids.', 'filter')
  return globalIds.map(globalId => idArgument(typename, globalId, 'filter'))
}

/** The database id of a global id in a filter. */
export function idValue(typename: string, globalId: string | Absent): string | undefined {
  return globalId == null ? undefined : idArgument(typename, globalId, 'filter')
}

/** Text in a filter. Throws BAD_USER_INPUT for what Postgres cannot hold. */
export function textValue(value: string | Absent, argument = 'filter'): string | undefined {
  if (value == null) return undefined
  if (value.includes('\0') || !value.isWellFormed()) throw badUserInput('Contains NUL or a lone surrogate.', argument)
  return value
}

/** A list of texts in a filter, at most 100. */
export function textList(values: readonly string[] | Absent): string[] | undefined {
  if (values == null) return undefined
  if (values.length > 100) throw badUserInput('More than 100 values.', 'filter')
  return values.map(value => textValue(value) ?? '')
}
