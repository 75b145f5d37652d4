import pg from 'pg'

const { builtins } = pg.types

/** What Postgres prints for a timestamptz in a UTC session, as RFC 3339 with milliseconds. */
export function toRfc3339(text: string): string {
  // 2026-01-10 20:15:01.52+00: Postgres leaves out trailing zeros of the fraction.
  const fraction = text.length > 22 ? text.slice(20, -3).padEnd(3, '0') : '000'
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

const asWritten = (text: string) => text

/** Timestamps become RFC 3339 strings; json, bigint and numeric stay the text they are. */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === builtins.TIMESTAMPTZ) return toRfc3339
    if (oid === builtins.JSON || oid === builtins.INT8 || oid === builtins.NUMERIC) return asWritten
    return pg.types.getTypeParser(oid, format)
  },
}
