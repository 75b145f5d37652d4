import { type RawBuilder, sql } from 'kysely'

/** One condition of a filtered list, about its own columns. */
export type Condition = RawBuilder<unknown>

type Absent = null | undefined

/** A stretch of values: `from` included, `to` excluded; either can be absent. */
export interface Range {
  from?: string | Absent
  to?: string | Absent
}

/** `column = value`; nothing when the value is absent. */
export function equals(column: string, value: string | boolean | Absent): Condition[] {
  return value == null ? [] : [sql`${sql.ref(column)} = ${value}`]
}

/** `column` is one of the values; nothing when the list is absent. */
export function oneOf(column: string, values: readonly string[] | Absent): Condition[] {
  return values == null ? [] : [sql`${sql.ref(column)} = any(${values})`]
}

/** `column` lies in the range; nothing where a bound is absent. */
export function within(column: string, range: Range | Absent): Condition[] {
  const { from = null, to = null } = range ?? {}
  return [
    ...(from === null ? [] : [sql`${sql.ref(column)} >= ${from}`]),
    ...(to === null ? [] : [sql`${sql.ref(column)} < ${to}`]),
  ]
}
