import type { Seek, Sort } from '../database/keyset.ts'
import { base64urlOfAscii } from '../shared/base64url.ts'
import { badCursor, badUserInput } from './request-errors.ts'

const defaultPageSize = 20
/** No page of a connection is larger (api.md). */
const maxPageSize = 100

/** Relay's paging arguments as a client sent them. */
export interface PageArgs {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

// What a cursor's key must look like, so that no garbage reaches Postgres.
const keyPatterns: Record<string, RegExp> = {
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  amount: /^\d{1,20}(\.\d{1,4})?$/,
  id: /^[1-9]\d{0,18}$/,
}

function keyPattern(column: string): RegExp | undefined {
  if (column.endsWith('_at')) return keyPatterns.time
  return column.endsWith('_amount') ? keyPatterns.amount : keyPatterns.id
}

/** Where a row stands in one sort of one workspace; opaque outside. */
export function encodeCursor(workspaceId: string, list: string, sort: Sort, row: Record<string, unknown>): string {
  return base64urlOfAscii(`${list}|${workspaceId}|${sort.column}|${row[sort.column]}|${row.id}`)
}

function decodeCursor(
  workspaceId: string,
  list: string,
  sort: Sort,
  cursor: string,
): { key: string; id: string } | undefined {
  const [, , , key, id] = Buffer.from(cursor, 'base64url').toString('latin1').split('|')
  if (key === undefined || id === undefined) return undefined
  if (!keyPattern(sort.column)?.test(key) || !keyPatterns.id?.test(id) || BigInt(id) > 9223372036854775807n)
    return undefined
  if (keyPatterns.time?.test(key) && !isMoment(key)) return undefined
  const again = encodeCursor(workspaceId, list, sort, { [sort.column]: key, id })
  return again === cursor ? { key, id } : undefined
}

// The 31st of February looks like a time, and Postgres would say so.
function isMoment(key: string): boolean {
  const time = new Date(key)
  return !Number.isNaN(time.getTime()) && time.getUTCFullYear() >= 1970 && time.toISOString() === key
}

/** The stretch that paging arguments ask for, one row more than the page. Throws BAD_USER_INPUT and BAD_CURSOR. */
export function seekOf(workspaceId: string, list: string, sort: Sort, args: PageArgs): Seek {
  const { first = null, after = null, last = null, before = null } = args
  if (first !== null && last !== null) throw badUserInput('Give either first or last, not both.', 'last')
  if (after !== null && before !== null) throw badUserInput('Give either after or before, not both.', 'before')
  const backward = last !== null || before !== null
  if (backward && first !== null) throw badUserInput('before goes with last.', 'first')
  if (last !== null && after !== null) throw badUserInput('after goes with first.', 'after')
  const [argument, size] = backward ? ['last', last ?? defaultPageSize] : ['first', first ?? defaultPageSize]
  if (size < 0 || size > maxPageSize) throw badUserInput(`${argument} is not from 0 to ${maxPageSize}.`, `${argument}`)
  const cursor = backward ? before : after
  const beyond = cursor === null ? undefined : decodeCursor(workspaceId, list, sort, cursor)
  if (cursor !== null && beyond === undefined) throw badCursor(backward ? 'before' : 'after')
  return { sort, beyond, backward, limit: Number(size) + 1 }
}
