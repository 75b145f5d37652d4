import type pg from 'pg'
import { type ColumnType, isColumnType } from './copy-rows.ts'

/** The type of each column of these tables: the binary format of COPY leaves no choice. Throws on one that is not written. */
export async function readColumnTypes(
  client: pg.Client,
  tables: readonly string[],
): Promise<(table: string, column: string) => ColumnType> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select concat(t.name, '.', attname) as name, typname as type
      from unnest($1::text[]) as t (name) join pg_attribute on attrelid = t.name::regclass join pg_type y on y.oid = atttypid
      where attnum > 0`,
    [tables],
  )
  const types = new Map(rows.map(({ name, type }) => [name, type]))
  return (table, column) => {
    const type = types.get(`${table}.${column}`)
    if (type === undefined) throw new Error(`there is no column ${table}.${column}`)
    if (!isColumnType(type)) throw new Error(`${table}.${column} is of the type ${type}, which a seed does not write`)
    return type
  }
}
